//! `genkan test-connection`: whether what Genkan depends on answers, and whether it can reach an address.
//! Nothing is changed.

use std::process::ExitCode;

use genkan_core::{Code, Error, Lifecycle, Result};
use genkan_http::{Client, Origin, Request, parse_url};
use genkan_store::{Location, Redis, migrate};
use genkan_toolsets::zulip::Access;
use serde_json::{Value, json};

use crate::{
    data_folder::DataFolder,
    house::{self, chat},
    output,
    settings::Settings,
    surroundings::Surroundings,
    telemetry::log::{self, Audience},
};

/// Try what Genkan depends on
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `database`, `redis`, `zulip`, or the address of somebody else (https://…), asked with the
    /// settings of `http` [default: everything that is configured]
    #[arg(value_parser = Connection::parse)]
    name: Option<Connection>,
}

/// What can be tried.
#[derive(Clone, Debug)]
enum Connection {
    /// The database, as `store.url` names it.
    Database,
    /// Redis, as `redis.url` names it.
    Redis,
    /// The team's chat, each organisation with every key that is set.
    Zulip,
    /// One organisation of it.
    Realm(String, Access),
    /// An address, which is read with GET.
    Address(String),
}

/// A connection that was tried.
struct Tried {
    name: String,
    place: String,
    result: Result<()>,
    took_ms: f64,
}

impl Connection {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "database" => Ok(Self::Database),
            "redis" => Ok(Self::Redis),
            "zulip" => Ok(Self::Zulip),
            text if text.contains("://") => Ok(Self::Address(text.to_owned())),
            _ => Err(
                "neither `database`, `redis`, `zulip` nor an address such as https://example.org"
                    .to_owned(),
            ),
        }
    }

    /// Everything that settings name.
    fn configured(settings: &Settings) -> Vec<Self> {
        let redis = settings.redis.url.is_some().then_some(Self::Redis);
        [Self::Database]
            .into_iter()
            .chain(redis)
            .chain(Self::realms(settings))
            .collect()
    }

    /// The organisations of the chat whose keys are set: `zulip`, and by name where there are several.
    fn realms(settings: &Settings) -> Vec<Self> {
        let organisations = settings.organisations();
        let are_several = organisations.len() > 1;
        let complete = organisations.into_iter().filter_map(|(name, standing)| {
            let name = match are_several {
                true => format!("zulip {name}"),
                false => "zulip".to_owned(),
            };
            Some(Self::Realm(name, standing.access()?))
        });
        complete.collect()
    }
}

pub(crate) async fn run(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode> {
    let folder = surroundings.folder()?;
    let settings = surroundings.settings_to_start(&folder, Vec::new()).await?;
    log::start(&settings, &surroundings.environment, Audience::Person)?;
    let connections = match arguments.name {
        Some(Connection::Zulip) => Connection::realms(&settings),
        Some(one) => vec![one],
        None => Connection::configured(&settings),
    };
    if connections.is_empty() {
        return Err(not_set_up());
    }
    let is_database = |connection: &Connection| matches!(connection, Connection::Database);
    if connections.iter().any(is_database) {
        tell_of_another_store(&folder, &settings, surroundings);
    }
    let mut all = Vec::new();
    for connection in connections {
        all.push(attempt(connection, &settings, &folder).await?);
    }
    let rows: Vec<_> = all.iter().map(Tried::as_json).collect();
    surroundings
        .output
        .result(&json!({ "connections": rows }), || {
            output::columns(&all.iter().map(Tried::row).collect::<Vec<_>>())
        });
    let mut code = ExitCode::SUCCESS;
    for error in all.iter().filter_map(|tried| tried.result.as_ref().err()) {
        surroundings.output.remark_error(error);
        code = output::exit_code(error);
    }
    Ok(code)
}

/// A database may be tried before it is served; whoever meant that of the running server is told.
fn tell_of_another_store(folder: &DataFolder, settings: &Settings, surroundings: &Surroundings) {
    if let Err(error) = folder.store(settings) {
        let (message, hint) = (error.message(), error.hint_text());
        surroundings
            .output
            .remark(&format!("note: {message}\nhint: {hint}"));
    }
}

async fn attempt(
    connection: Connection,
    settings: &Settings,
    folder: &DataFolder,
) -> Result<Tried> {
    let (clock, _) = house::system();
    let began = clock.monotonic();
    let (name, place, result) = match connection {
        Connection::Database => {
            let location = settings.store.location(&folder.database())?;
            let place = place(settings, &location);
            ("database".to_owned(), place, database(&location).await)
        }
        Connection::Redis => {
            let place = redis_place(settings);
            ("redis".to_owned(), place, redis(settings).await)
        }
        Connection::Zulip => return Err(not_set_up()),
        Connection::Realm(name, access) => match zulip(settings, &access).await {
            Ok(names) => {
                let place = format!("{}, as {}", access.site, names.join(" and "));
                (name, place, Ok(()))
            }
            Err(error) => (name, access.site, Err(error)),
        },
        Connection::Address(text) => {
            let url = parse_url(&text)?;
            let origin = Origin::of(&url)?.to_string();
            match address(settings, Request::new(http::Method::GET, url)?).await {
                Ok(status) => {
                    let place = format!("{origin}, status {status}");
                    ("address".to_owned(), place, Ok(()))
                }
                Err(error) => ("address".to_owned(), origin, Err(error)),
            }
        }
    };
    let took = clock.monotonic().saturating_duration_since(began);
    Ok(Tried {
        name,
        place,
        result,
        took_ms: (took.as_secs_f64() * 10_000.0).round() / 10.0,
    })
}

impl Tried {
    fn as_json(&self) -> Value {
        json!({
            "name": self.name,
            "ok": self.result.is_ok(),
            "place": self.place,
            "took_ms": self.took_ms,
            "error": self.result.as_ref().err().map(Error::shown),
        })
    }

    fn row(&self) -> Vec<String> {
        let word = if self.result.is_ok() { "ok" } else { "FAILED" };
        let took = format!("{} ms", self.took_ms);
        vec![self.name.clone(), word.into(), self.place.clone(), took]
    }
}

/// Connects to Redis and asks it for an answer.
async fn redis(settings: &Settings) -> Result<()> {
    let Some(url) = &settings.redis.url else {
        let error = Error::new(Code::ConfigInvalid, "`redis.url` is not set");
        return Err(error.hint("One instance alone needs no Redis."));
    };
    Redis::reach(url).await
}

/// Never more than the setting's origin, since the address may hold a password.
fn redis_place(settings: &Settings) -> String {
    match settings.origin("redis.url") {
        Some(origin) => format!("Redis, address from {origin}"),
        None => "Redis".to_owned(),
    }
}

fn not_set_up() -> Error {
    Error::new(Code::ConfigInvalid, "Zulip is not set up")
        .hint("Set `zulip.site`, `zulip.email` and `zulip.api_key`; docs/zulip.md says how.")
}

/// Asks an organisation of the chat who each key belongs to.
async fn zulip(settings: &Settings, access: &Access) -> Result<Vec<String>> {
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
