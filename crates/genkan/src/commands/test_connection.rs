//! `genkan test-connection`: whether what Genkan depends on answers, and whether it can reach an address.
//! Nothing is changed.

use std::process::ExitCode;

use genkan_core::{Code, Error, Lifecycle, Result};
use genkan_http::{Client, Origin, Request, parse_url};
use genkan_store::{Location, migrate};
use serde_json::json;

use crate::{
    house, output,
    settings::Settings,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Try what Genkan depends on
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `database`, or the address of somebody else (https://…), asked with the settings of `http`
    /// [default: everything that is configured]
    #[arg(value_parser = Connection::parse)]
    name: Option<Connection>,
}

/// What can be tried.
#[derive(Clone, Debug)]
enum Connection {
    /// The database, as `store.url` names it.
    Database,
    /// An address, which is read with GET.
    Address(String),
}

impl Connection {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "database" => Ok(Self::Database),
            text if text.contains("://") => Ok(Self::Address(text.to_owned())),
            _ => Err("neither `database` nor an address such as https://example.org".to_owned()),
        }
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    let (clock, _) = house::system();
    let began = clock.monotonic();
    let (name, place, tried) = match arguments.name.unwrap_or(Connection::Database) {
        Connection::Database => {
            let location = settings.store.location(&folder.database())?;
            let place = place(&settings, &location);
            ("database", place, database(&location).await)
        }
        Connection::Address(text) => {
            let url = parse_url(&text)?;
            let origin = Origin::of(&url)?.to_string();
            match address(&settings, Request::new(http::Method::GET, url)?).await {
                Ok(status) => ("address", format!("{origin}, status {status}"), Ok(())),
                Err(error) => ("address", origin, Err(error)),
            }
        }
    };
    let took = clock.monotonic().saturating_duration_since(began);
    let took_ms = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    let result = json!({ "connections": [{
        "name": name,
        "ok": tried.is_ok(),
        "place": place,
        "took_ms": took_ms,
        "error": tried.as_ref().err().map(Error::shown),
    }]});
    surroundings.output.result(&result, || {
        let word = if tried.is_ok() { "ok" } else { "FAILED" };
        output::columns(&[vec![
            name.into(),
            word.into(),
            place,
            format!("{took_ms} ms"),
        ]])
    });
    match tried {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            surroundings.output.remark_error(&error);
            Ok(output::exit_code(&error))
        }
    }
}

/// Connects and reads the version of the schema.
async fn database(location: &Location) -> Result<()> {
    if let Location::Sqlite(file) = location
        && !file.exists()
    {
        let message = format!("the database `{}` is not there yet", file.display());
        return Err(
            Error::new(Code::StoreUnavailable, message).hint("The first `genkan serve` makes it.")
        );
    }
    migrate::pending_names(location).await.map(|_| ())
}

/// Asks as Genkan asks others, through guard, proxy and limits. Any status shows that it is there.
async fn address(settings: &Settings, request: Request) -> Result<u16> {
    let (clock, random) = house::system();
    let lifecycle = Lifecycle::new();
    let client = Client::new(settings.http.options()?, clock, random, &lifecycle)?;
    let answer = client.send(request).await?;
    let status = answer.status.as_u16();
    answer.bytes().await?;
    Ok(status)
}

/// Where the database is; of an address never more than the setting's origin, since it may hold a
/// password.
fn place(settings: &Settings, location: &Location) -> String {
    match (location, settings.origin("store.url")) {
        (Location::Sqlite(file), _) => format!("SQLite, {}", file.display()),
        (Location::Postgres(_), Some(origin)) => format!("PostgreSQL, address from {origin}"),
        (Location::Postgres(_), None) => "PostgreSQL".to_owned(),
    }
}
