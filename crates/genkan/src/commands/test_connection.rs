//! `genkan test-connection`: whether what Genkan depends on answers. One attempt, nothing changed.

use std::process::ExitCode;

use genkan_core::{Code, Error, Result};
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
    /// What to try [default: everything that is configured]
    #[arg(value_enum)]
    name: Option<Connection>,
}

/// What Genkan depends on. There is one such thing yet.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Connection {
    /// The database, as `store.url` names it
    Database,
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings(&folder, Vec::new())?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    let location = settings.store.location(&folder.database())?;
    let Connection::Database = arguments.name.unwrap_or(Connection::Database);
    let (clock, _) = house::system();
    let began = clock.monotonic();
    let tried = database(&location).await;
    let took = clock.monotonic().saturating_duration_since(began);
    let took_ms = (took.as_secs_f64() * 10_000.0).round() / 10.0;
    let place = place(&settings, &location);
    let result = json!({ "connections": [{
        "name": "database",
        "ok": tried.is_ok(),
        "place": place,
        "took_ms": took_ms,
        "error": tried.as_ref().err().map(Error::shown),
    }]});
    surroundings.output.result(&result, || {
        let word = if tried.is_ok() { "ok" } else { "FAILED" };
        output::columns(&[vec![
            "database".into(),
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

/// Where the database is; of an address never more than the setting's origin, since it may hold a
/// password.
fn place(settings: &Settings, location: &Location) -> String {
    match (location, settings.origin("store.url")) {
        (Location::Sqlite(file), _) => format!("SQLite, {}", file.display()),
        (Location::Postgres(_), Some(origin)) => format!("PostgreSQL, address from {origin}"),
        (Location::Postgres(_), None) => "PostgreSQL".to_owned(),
    }
}
