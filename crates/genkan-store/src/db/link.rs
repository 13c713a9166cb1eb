//! A connection in use: a reader's, which ends its transaction when dropped, or a lane's own.

use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{Dialect, Error, sqlite};

/// A connection that statements run on.
pub(crate) enum Link {
    /// A read transaction on a pooled SQLite connection.
    SqliteRead {
        lent: sqlite::Lent,
        _permit: OwnedSemaphorePermit,
    },
    /// A read transaction on a pooled PostgreSQL connection.
    PostgresRead {
        transaction: Transaction<'static, Postgres>,
        _permit: OwnedSemaphorePermit,
    },
    /// A SQLite connection of one owner, who begins and ends transactions itself.
    Sqlite(Box<sqlite::Connection>),
    /// A PostgreSQL connection of one owner.
    Postgres(Box<PgConnection>),
}

/// What the statement macros expand over.
pub(crate) enum Driver<'a> {
    /// SQLite.
    Sqlite(&'a mut sqlite::Connection),
    /// PostgreSQL.
    Postgres(&'a mut PgConnection),
}

impl Link {
    /// The driver's connection.
    pub(crate) fn driver(&mut self) -> Driver<'_> {
        match self {
            Self::SqliteRead { lent, .. } => Driver::Sqlite(lent.connection()),
            Self::Sqlite(connection) => Driver::Sqlite(connection),
            Self::PostgresRead { transaction, .. } => Driver::Postgres(transaction),
            Self::Postgres(connection) => Driver::Postgres(connection),
        }
    }

    /// Which database it is.
    pub(crate) const fn dialect(&self) -> Dialect {
        match self {
            Self::SqliteRead { .. } | Self::Sqlite(_) => Dialect::Sqlite,
            Self::PostgresRead { .. } | Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// How many rows were changed on this connection so far, where the database says so. After an
    /// effect that leaves the number as it was there is nothing to undo.
    pub(crate) fn changes(&mut self) -> Option<u64> {
        match self.driver() {
            Driver::Sqlite(connection) => Some(connection.changes()),
            Driver::Postgres(_) => None,
        }
    }

    /// Closes an owned connection in good order; a pooled one goes back to its pool.
    pub(crate) async fn close(self) {
        use sqlx::Connection;
        let closed = match self {
            Self::Sqlite(connection) => connection.close(),
            Self::Postgres(connection) => connection.close().await.map_err(Error::from),
            Self::SqliteRead { .. } | Self::PostgresRead { .. } => Ok(()),
        };
        if let Err(error) = closed {
            tracing::debug!(?error, "a database connection did not close in good order");
        }
    }
}
