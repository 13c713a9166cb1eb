//! `genkan test-connection`: whether what Genkan depends on answers, and whether it can reach an address.
//! Nothing is changed.

use std::process::ExitCode;

use genkan_core::{Code, Error, Lifecycle, Result};
use genkan_http::{Client, Origin, Request, parse_url};
use genkan_store::{Location, migrate};
use serde_json::json;

use crate::{
    data_folder::DataFolder,
    house::{self, chat},
    output,
    settings::{Settings, ZulipStanding},
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Try what Genkan depends on
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `database`, `zulip`, or the address of somebody else (https://…), asked with the settings of
    /// `http` [default: everything that is configured]
    #[arg(value_parser = Connection::parse)]
    name: Option<Connection>,
}

/// What can be tried.
#[derive(Clone, Debug)]
enum Connection {
    /// The database, as `store.url` names it.
    Database,
    /// The team's chat, with every key that is set.
    Zulip,
    /// An address, which is read with GET.
    Address(String),
}

impl Connection {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "database" => Ok(Self::Database),
            "zulip" => Ok(Self::Zulip),
            text if text.contains("://") => Ok(Self::Address(text.to_owned())),
            _ => Err(
                "neither `database` nor `zulip` nor an address such as https://example.org"
                    .to_owned(),
            ),
        }
    }
}

/// How it went.
struct Tried {
    name: &'static str,
    place: String,
    took_ms: f64,
    result: Result<()>,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    let is_zulip_set = matches!(settings.zulip.standing(), ZulipStanding::Complete(_));
    let connections = match arguments.name {
        Some(one) => vec![one],
        None if is_zulip_set => vec![Connection::Database, Connection::Zulip],
        None => vec![Connection::Database],
    };
    let mut all = Vec::new();
    for connection in connections {
        all.push(tried(connection, &settings, &folder).await?);
    }
    let rows = all.iter().map(|one| {
        json!({
            "name": one.name,
            "ok": one.result.is_ok(),
            "place": one.place,
            "took_ms": one.took_ms,
            "error": one.result.as_ref().err().map(Error::shown),
        })
    });
    let result = json!({ "connections": rows.collect::<Vec<_>>() });
    surroundings.output.result(&result, || {
        let row = |one: &Tried| {
            let word = if one.result.is_ok() { "ok" } else { "FAILED" };
            let took = format!("{} ms", one.took_ms);
            vec![one.name.into(), word.into(), one.place.clone(), took]
        };
        output::columns(&all.iter().map(row).collect::<Vec<_>>())
    });
    let mut code = ExitCode::SUCCESS;
    for error in all.iter().filter_map(|one| one.result.as_ref().err()) {
        surroundings.output.remark_error(error);
        code = output::exit_code(error);
    }
    Ok(code)
}

async fn tried(connection: Connection, settings: &Settings, folder: &DataFolder) -> Result<Tried> {
    let (clock, _) = house::system();
    let began = clock.monotonic();
    let (name, place, result) = match connection {
        Connection::Database => {
            let location = settings.store.location(&folder.database())?;
            let place = place(settings, &location);
            ("database", place, database(&location).await)
        }
        Connection::Zulip => {
            let site = settings.zulip.site.clone().unwrap_or_default();
            match zulip(settings).await {
                Ok(names) => {
                    let place = format!("{site}, as {}", names.join(" and "));
                    ("zulip", place, Ok(()))
                }
                Err(error) => ("zulip", site, Err(error)),
            }
        }
        Connection::Address(text) => {
            let url = parse_url(&text)?;
            let origin = Origin::of(&url)?.to_string();
            match address(settings, Request::new(http::Method::GET, url)?).await {
                Ok(status) => ("address", format!("{origin}, status {status}"), Ok(())),
                Err(error) => ("address", origin, Err(error)),
            }
        }
    };
    let took = clock.monotonic().saturating_duration_since(began);
    Ok(Tried {
        name,
        place,
        took_ms: (took.as_secs_f64() * 10_000.0).round() / 10.0,
        result,
    })
}

/// Asks the chat who each key belongs to.
async fn zulip(settings: &Settings) -> Result<Vec<String>> {
    let access = settings.zulip.standing().access().ok_or_else(|| {
        Error::new(Code::ConfigInvalid, "Zulip is not set up")
            .hint("Set `zulip.site`, `zulip.email` and `zulip.api_key`; docs/zulip.md says how.")
    })?;
    let (clock, random) = house::system();
    let lifecycle = Lifecycle::new();
    let zulip = chat::client(settings, &access.site, clock, random, &lifecycle)?;
    access.names(&zulip).await
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
