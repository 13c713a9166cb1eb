//! Connections that read, lent one transaction at a time and kept for a while.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use genkan_core::Clock;

use super::Connection;
use crate::db::{Error, connect};

/// How long a connection is kept that nobody uses.
const KEPT: Duration = Duration::from_secs(60);

/// The connections that are open and not lent. How many are lent is the lender's business.
pub(crate) struct Pool {
    file: PathBuf,
    clock: Arc<dyn Clock>,
    /// Those used last stand last, and are taken first.
    idle: Mutex<Vec<(Instant, Connection)>>,
}

impl Pool {
    pub(crate) fn new(file: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            file,
            clock,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Lends a connection with a read transaction begun on it. It sees the state of the database at
    /// its first statement.
    pub(crate) fn begin(self: &Arc<Self>) -> Result<Lent, Error> {
        let kept = self.idle().pop();
        let mut connection = match kept {
            Some((_, connection)) => connection,
            None => connect::sqlite_reader(&self.file)?,
        };
        connection.execute("BEGIN", &[])?;
        Ok(Lent {
            connection: Some(connection),
            pool: Arc::clone(self),
        })
    }

    /// How many connections are open and wait for use.
    pub(crate) fn idle_connections(&self) -> usize {
        self.idle().len()
    }

    /// Closes connections that nobody used for a while.
    pub(crate) fn close_unused(&self) {
        let now = self.clock.monotonic();
        let is_unused =
            |(since, _): &(Instant, Connection)| now.saturating_duration_since(*since) > KEPT;
        let unused: Vec<_> = {
            let mut idle = self.idle();
            let unused = idle.iter().take_while(|one| is_unused(one)).count();
            idle.drain(..unused).collect()
        };
        // Closed here, after the lock was given back.
        drop(unused);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, Connection)>> {
        // Nothing in between can panic and leave it half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. Dropping it ends its transaction and gives it back.
pub(crate) struct Lent {
    connection: Option<Connection>,
    pool: Arc<Pool>,
}

impl Lent {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        self.connection
            .as_mut()
            .expect("BUG: only dropping takes the connection away")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        // SQLite has ended the transaction by itself after some errors.
        if connection.is_in_transaction() && connection.execute("ROLLBACK", &[]).is_err() {
            return;
        }
        let now = self.pool.clock.monotonic();
        self.pool.idle().push((now, connection));
    }
}
