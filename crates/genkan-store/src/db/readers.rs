//! The pool of reading connections. A semaphore in front of it tells apart a pool that is used up
//! (busy) and a database that cannot be reached (unavailable).

use std::{path::PathBuf, sync::Arc, time::Duration};

use genkan_core::{Clock, Result};
use sqlx::{
    Executor, Pool, Postgres, SqlSafeStr, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Error, Link, connect, sqlite};

const POSTGRES_BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Hands out read transactions, at most `connections` at a time.
pub(crate) struct Readers {
    pool: DriverPool,
    free: Arc<Semaphore>,
    connections: u32,
    patience: Duration,
}

enum DriverPool {
    Sqlite(Arc<sqlite::Pool>),
    Postgres(Pool<Postgres>),
}

impl Readers {
    /// A pool over a SQLite file.
    pub(crate) fn sqlite(
        file: PathBuf,
        clock: Arc<dyn Clock>,
        connections: u32,
        patience: Duration,
    ) -> Self {
        let pool = Arc::new(sqlite::Pool::new(file, clock));
        Self::over(DriverPool::Sqlite(pool), connections, patience)
    }

    /// A pool of PostgreSQL connections.
    pub(crate) fn postgres(
        options: PgConnectOptions,
        connections: u32,
        patience: Duration,
    ) -> Self {
        // A stale connection fails at BEGIN and another one is tried, which is cheaper than a ping
        // before each use.
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(patience)
            .idle_timeout(Duration::from_secs(300))
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection
                        .execute(connect::POSTGRES_SETTINGS)
                        .await
                        .map(|_| ())
                })
            })
            .connect_lazy_with(options);
        Self::over(DriverPool::Postgres(pool), connections, patience)
    }

    fn over(pool: DriverPool, connections: u32, patience: Duration) -> Self {
        let permits = usize::try_from(connections).unwrap_or(usize::MAX);
        Self {
            pool,
            free: Arc::new(Semaphore::new(permits)),
            connections,
            patience,
        }
    }

    /// Begins a read-only transaction that sees one state of the database.
    pub(crate) async fn begin(&self) -> Result<Link> {
        let waiting = tokio::time::timeout(self.patience, Arc::clone(&self.free).acquire_owned());
        let permit = match waiting.await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) | Err(_) => return Err(Error::Busy.into()),
        };
        match &self.pool {
            DriverPool::Sqlite(pool) => Ok(Link::SqliteRead {
                lent: pool.begin()?,
                _permit: permit,
            }),
            DriverPool::Postgres(pool) => self.begin_postgres(pool, permit).await,
        }
    }

    /// Connections that a server closed while they lay idle are thrown out one by one.
    async fn begin_postgres(
        &self,
        pool: &Pool<Postgres>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Link> {
        let mut attempts = self.connections;
        loop {
            let connection = pool.acquire().await.map_err(Error::from)?;
            let begun = Transaction::begin(connection, Some(POSTGRES_BEGIN.into_sql_str())).await;
            match begun.map_err(Error::from) {
                Ok(transaction) => {
                    return Ok(Link::PostgresRead {
                        transaction,
                        _permit: permit,
                    });
                }
                Err(error) if error.is_disconnected() && attempts > 0 => attempts -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// How many connections are in use.
    pub(crate) fn active(&self) -> usize {
        usize::try_from(self.connections)
            .unwrap_or(usize::MAX)
            .saturating_sub(self.free.available_permits())
    }

    /// How many connections are open and wait for use.
    pub(crate) fn idle(&self) -> usize {
        match &self.pool {
            DriverPool::Sqlite(pool) => pool.idle_connections(),
            DriverPool::Postgres(pool) => pool.num_idle(),
        }
    }

    /// Closes connections that nobody used for a while. The driver does it by itself on PostgreSQL.
    pub(crate) fn close_unused(&self) {
        if let DriverPool::Sqlite(pool) = &self.pool {
            pool.close_unused();
        }
    }
}
