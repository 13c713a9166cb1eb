//! What a statement can end with, as far as callers do different things.

use std::borrow::Cow;

use genkan_core::Code;
use rusqlite::ffi;
use sqlx::error::ErrorKind;

/// A failed statement or connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Every connection stayed in use for as long as we wait.
    #[error("every database connection is in use")]
    Busy,
    /// Somebody else held a lock for too long, or two transactions met.
    #[error("the database was locked by another writer")]
    Locked(#[source] Cause),
    /// The connection is gone or never was.
    #[error("the database cannot be reached")]
    Disconnected(#[source] Cause),
    /// The disk takes no more data. Nothing of the transaction was written.
    #[error("the disk of the database is full")]
    Full(#[source] Cause),
    /// A row with this key exists.
    #[error("a row with this key exists already")]
    Duplicate(#[source] Cause),
    /// The file is damaged or is no database.
    #[error("the database file is damaged")]
    Corrupt(#[source] Cause),
    /// Anything else: a fault of ours.
    #[error("a statement failed")]
    Failed(#[source] Cause),
}

/// What the driver said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// That of SQLite.
    #[error(transparent)]
    Sqlite(rusqlite::Error),
    /// That of PostgreSQL.
    #[error(transparent)]
    Postgres(sqlx::Error),
}

impl Error {
    /// The error code of PostgreSQL, if it came from there.
    pub(crate) fn postgres_code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Locked(Cause::Postgres(error))
            | Self::Disconnected(Cause::Postgres(error))
            | Self::Full(Cause::Postgres(error))
            | Self::Duplicate(Cause::Postgres(error))
            | Self::Corrupt(Cause::Postgres(error))
            | Self::Failed(Cause::Postgres(error)) => error.as_database_error()?.code(),
            _ => None,
        }
    }

    /// Whether the connection must not be used again.
    pub(crate) const fn is_disconnected(&self) -> bool {
        matches!(self, Self::Disconnected(_) | Self::Full(_))
    }

    /// Whether two transactions waited for each other, of which this one was ended.
    pub(crate) fn is_deadlock(&self) -> bool {
        matches!(self.postgres_code().as_deref(), Some("40001" | "40P01"))
    }

    /// The same for an outward error that came from here.
    pub(crate) fn deadlock(error: &genkan_core::Error) -> bool {
        let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Self>());
        cause.is_some_and(Self::is_deadlock)
    }

    /// Whether an outward error came from a connection that must not be used again.
    pub(crate) fn disconnected(error: &genkan_core::Error) -> bool {
        error.code() == Code::StoreUnavailable
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::of_driver(error);
        };
        if database.kind() == ErrorKind::UniqueViolation {
            return Self::Duplicate(Cause::Postgres(error));
        }
        let code = database.code().unwrap_or_default().into_owned();
        Self::of_postgres(&code, Cause::Postgres(error))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = match &error {
            rusqlite::Error::SqliteFailure(failure, _)
            | rusqlite::Error::SqlInputError { error: failure, .. } => failure.extended_code,
            _ => 0,
        };
        Self::of_sqlite(code, Cause::Sqlite(error))
    }
}

impl Error {
    fn of_driver(error: sqlx::Error) -> Self {
        use sqlx::Error::{
            BeginFailed, Configuration, Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed,
        };
        match error {
            Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed
            | BeginFailed | Configuration(_) => Self::Disconnected(Cause::Postgres(error)),
            other => Self::Failed(Cause::Postgres(other)),
        }
    }

    /// Result codes: <https://www.sqlite.org/rescode.html>, the primary one in the low byte.
    fn of_sqlite(code: i32, error: Cause) -> Self {
        if matches!(
            code,
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        ) {
            return Self::Duplicate(error);
        }
        match code & 0xff {
            5 | 6 => Self::Locked(error),
            // A quota and a bound on the size of files fail a write otherwise than a full disk does.
            _ if code == ffi::SQLITE_IOERR_WRITE => Self::Full(error),
            13 => Self::Full(error),
            // READONLY, IOERR, CANTOPEN, PROTOCOL: the file or its disk, not the statement.
            8 | 10 | 14 | 15 => Self::Disconnected(error),
            11 | 26 => Self::Corrupt(error),
            _ => Self::Failed(error),
        }
    }

    /// Error codes: PostgreSQL documentation, appendix A.
    fn of_postgres(code: &str, error: Cause) -> Self {
        match code {
            "40001" | "40P01" | "55P03" | "57014" => Self::Locked(error),
            "53100" => Self::Full(error),
            // Too many clients: to us the server is not there.
            code if code.starts_with("08") || code.starts_with("53") || code.starts_with("57P") => {
                Self::Disconnected(error)
            }
            // The last one: the database takes no connections.
            "25P03" | "3D000" | "28000" | "28P01" | "55000" => Self::Disconnected(error),
            code if code.starts_with("XX") => Self::Corrupt(error),
            _ => Self::Failed(error),
        }
    }
}

impl From<Error> for genkan_core::Error {
    fn from(error: Error) -> Self {
        let (code, message) = match &error {
            Error::Busy => (Code::StoreBusy, "every database connection stayed in use"),
            Error::Locked(_) => (
                Code::StoreBusy,
                "the database stayed locked by another writer",
            ),
            Error::Full(_) => (
                Code::StoreFull,
                "the disk of the database takes no more data",
            ),
            Error::Disconnected(_) => (Code::StoreUnavailable, "the database cannot be used now"),
            Error::Duplicate(_) => (Code::AlreadyExists, "this exists already"),
            Error::Corrupt(_) => (Code::StoreCorrupt, "the database is damaged"),
            Error::Failed(_) => return Self::internal(error),
        };
        Self::new(code, message).source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_disk_without_room_says_is_one_code_on_both_databases() {
        let sqlite = |code| {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            genkan_core::Error::from(Error::from(failure)).code()
        };
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE] {
            assert_eq!(sqlite(code), Code::StoreFull, "{code}");
        }
        // Nobody knows what became of a commit that the disk did not confirm.
        assert_eq!(sqlite(ffi::SQLITE_IOERR_FSYNC), Code::StoreUnavailable);
        let postgres = |code| {
            let cause = Cause::Postgres(sqlx::Error::PoolClosed);
            genkan_core::Error::from(Error::of_postgres(code, cause)).code()
        };
        assert_eq!(postgres("53100"), Code::StoreFull);
        assert_eq!(postgres("53300"), Code::StoreUnavailable);
    }
}
