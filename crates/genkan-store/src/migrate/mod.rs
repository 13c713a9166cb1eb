//! Brings a schema up to date: a small runner over the numbered files of `migrations/`.
//!
//! Each migration is one transaction, and two instances that start at once do not harm each other.
//! SQLite is copied first (`<file>.before-<version>`). A schema says which binaries may use it;
//! nothing here ever goes backwards.

mod list;
mod postgres;
mod roles;
mod sqlite;
mod text;

use std::{collections::BTreeSet, time::Duration};

use genkan_core::{Clock, Code, Error, Result};

use crate::{
    Location,
    db::{self, Dialect, Link, execute, fetch_all, fetch_one},
};

/// How long to wait for a database to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One file of `migrations/`.
struct Migration {
    version: i64,
    name: &'static str,
    text: &'static str,
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the migrations that ran now, in order.
    pub applied: Vec<&'static str>,
    /// The schema's version now.
    pub version: i64,
}

/// Brings the schema up to date. A SQLite file that has a schema already is copied first.
pub async fn migrate(location: &Location, clock: &dyn Clock) -> Result<Migrated> {
    run(location, clock, Before::Copy).await
}

/// Whether a SQLite file is worth a copy before its schema changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// It is somebody's store.
    Copy,
    /// It is a copy itself.
    Nothing,
}

pub(crate) async fn run(
    location: &Location,
    clock: &dyn Clock,
    before: Before,
) -> Result<Migrated> {
    let mut link = db::connect::owned(location, PATIENCE).await?;
    let applied = match location {
        Location::Sqlite(file) => sqlite::run(&mut link, file, clock, before).await,
        Location::Postgres(_) => postgres::run(&mut link, clock).await,
    };
    link.close().await;
    Ok(Migrated {
        applied: applied?,
        version: latest(),
    })
}

/// The names of the migrations that a schema lacks, found out without changing anything.
///
/// A SQLite file must exist. Errors: `store_unavailable`, `store_too_new`, `store_corrupt`.
pub async fn pending_names(location: &Location) -> Result<Vec<&'static str>> {
    let mut link = db::connect::owned(location, PATIENCE).await?;
    let found = applied(&mut link).await;
    link.close().await;
    let names = |migration: &Migration| migration.name;
    Ok(pending(&found?).into_iter().map(names).collect())
}

/// The newest version that this binary knows.
pub(crate) fn latest() -> i64 {
    list::ALL
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// Refuses a schema that this binary may not use, or that is behind it.
pub(crate) async fn check(link: &mut Link) -> Result<()> {
    let applied = applied(link).await?;
    let pending = pending(&applied);
    if pending.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = pending.iter().map(|migration| migration.name).collect();
    Err(Error::new(
        Code::StoreNotMigrated,
        format!("the schema lacks: {}", names.join(", ")),
    ))
}

/// The versions that the schema has. Refuses a schema made for newer binaries.
async fn applied(link: &mut Link) -> Result<BTreeSet<i64>> {
    let exists = link.dialect().pick(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'",
    );
    let exists = sqlx::AssertSqlSafe(exists);
    let (tables,): (i64,) = fetch_one!(link, exists)?;
    if tables == 0 {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<(i64, String)> =
        fetch_all!(link, "SELECT version, min_binary FROM schema_version")?;
    for (version, min_binary) in &rows {
        if parse_version(min_binary) > parse_version(env!("CARGO_PKG_VERSION")) {
            return Err(Error::new(
                Code::StoreTooNew,
                format!(
                    "schema version {version} needs Genkan {min_binary} or newer; this is {}",
                    env!("CARGO_PKG_VERSION")
                ),
            ));
        }
    }
    Ok(rows.into_iter().map(|(version, _)| version).collect())
}

fn pending(applied: &BTreeSet<i64>) -> Vec<&'static Migration> {
    list::ALL
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .collect()
}

/// Runs one migration and notes it, within a transaction that the caller has begun.
async fn apply(link: &mut Link, migration: &Migration, clock: &dyn Clock) -> Result<()> {
    let dialect = link.dialect();
    let failed = |error: db::Error| {
        let message = format!(
            "migration {:04}_{} failed on {}",
            migration.version,
            migration.name,
            dialect.as_str()
        );
        Error::new(Code::Internal, message).source(error)
    };
    run_script(link, text::for_dialect(migration.text, dialect))
        .await
        .map_err(failed)?;
    execute!(
        link,
        "INSERT INTO schema_version (version, name, min_binary, applied) VALUES ($1, $2, $3, $4)",
        migration.version,
        migration.name,
        text::min_binary(migration.text),
        clock.now().as_millis(),
    )?;
    Ok(())
}

/// Runs several statements that take no values.
pub(crate) async fn run_script(
    link: &mut Link,
    script: impl Into<String>,
) -> Result<(), db::Error> {
    let script = script.into();
    match link.driver() {
        db::Driver::Sqlite(connection) => connection.run_script(&script)?,
        db::Driver::Postgres(connection) => {
            sqlx::raw_sql(sqlx::AssertSqlSafe(script))
                .execute(connection)
                .await?;
        }
    }
    Ok(())
}

const SCHEMA_VERSION: &str = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, \
     name TEXT NOT NULL, min_binary TEXT NOT NULL, applied BIGINT NOT NULL)";

/// Major, minor, patch; a pre-release counts as its release.
fn parse_version(text: &str) -> [u64; 3] {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let mut parts = core.split('.').map(|part| part.parse().unwrap_or(0));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

/// The dialect's name for messages.
pub(crate) const fn kind(location: &Location) -> &'static str {
    match location {
        Location::Sqlite(_) => Dialect::Sqlite.as_str(),
        Location::Postgres(_) => Dialect::Postgres.as_str(),
    }
}
