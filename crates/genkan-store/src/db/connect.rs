//! How connections are made, and the settings that every one of them has.

use std::{path::Path, str::FromStr, time::Duration};

use genkan_core::{Code, Error as Outward, Secret};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};

use super::{Error, Link, sqlite};
use crate::Location;

/// How long one process waits for another one's SQLite transaction.
const SQLITE_PATIENCE: Duration = Duration::from_secs(5);

/// How often a locked SQLite file is opened again, and how long to wait before: five seconds in all.
const SQLITE_TRIES: u32 = 250;
const SQLITE_PAUSE: Duration = Duration::from_millis(20);

/// PostgreSQL 15, as the server numbers itself.
const OLDEST_POSTGRES: u32 = 150_000;

/// Durable commits, no statement or lock that outlives every caller's patience, and no notices of
/// what was there already in our log.
pub(crate) const POSTGRES_SETTINGS: &str = "SET synchronous_commit = on; SET lock_timeout = '5s'; \
     SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
     SET client_min_messages = warning";

/// Write-ahead, so that readers and the writer do not wait for each other; durable commits; room for
/// what a large import touches, 16 MiB, which would else be written more than once.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384";

/// Opens a SQLite connection that may write, and makes the file if there is none.
fn sqlite_writer(file: &Path) -> Result<sqlite::Connection, Error> {
    let mut connection = sqlite::Connection::open(file, SQLITE_PATIENCE)?;
    connection.run_script(SQLITE_WRITER)?;
    Ok(connection)
}

/// Opens a SQLite connection that only reads.
pub(crate) fn sqlite_reader(file: &Path) -> Result<sqlite::Connection, Error> {
    let mut connection = sqlite::Connection::open_present(file, SQLITE_PATIENCE)?;
    connection.run_script("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// Options of a PostgreSQL connection.
pub(crate) fn postgres(url: &Secret<String>) -> Result<PgConnectOptions, Outward> {
    // The parser's own message may quote the address with its password.
    let options = PgConnectOptions::from_str(url.expose()).map_err(|_| {
        Outward::new(
            Code::ConfigInvalid,
            "`store.url` is not a PostgreSQL address",
        )
    })?;
    Ok(options
        .application_name("genkan")
        .statement_cache_capacity(256)
        .disable_statement_logging())
}

/// Opens a connection of one owner, within the time given.
pub(crate) async fn owned(location: &Location, timeout: Duration) -> Result<Link, Outward> {
    match location {
        Location::Sqlite(file) => Ok(Link::Sqlite(Box::new(sqlite_owned(file).await?))),
        Location::Postgres(url) => {
            let options = postgres(url)?;
            let opening = async {
                let mut connection = PgConnection::connect_with(&options).await?;
                connection.execute(POSTGRES_SETTINGS).await?;
                Ok::<_, sqlx::Error>(connection)
            };
            let timed_out = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
            let opened = tokio::time::timeout(timeout, opening)
                .await
                .map_err(timed_out);
            let connection = opened.and_then(|opened| opened).map_err(Error::from)?;
            refuse_old(connection.server_version_num())?;
            Ok(Link::Postgres(Box::new(connection)))
        }
    }
}

/// Nothing older is tested.
fn refuse_old(version: Option<u32>) -> Result<(), Outward> {
    match version {
        Some(version) if version < OLDEST_POSTGRES => Err(Outward::new(
            Code::ConfigInvalid,
            format!("PostgreSQL {} is too old", version / 10_000),
        )
        .hint("Use PostgreSQL 15 or newer.")),
        _ => Ok(()),
    }
}

/// SQLite waits by itself for every lock but the one that turns a new file into a write-ahead one,
/// which several first starts at once all want.
async fn sqlite_owned(file: &Path) -> Result<sqlite::Connection, Error> {
    let mut tries = SQLITE_TRIES;
    loop {
        match sqlite_writer(file) {
            Err(Error::Locked(_)) if tries > 0 => tries -= 1,
            opened => return opened,
        }
        tokio::time::sleep(SQLITE_PAUSE).await;
    }
}
