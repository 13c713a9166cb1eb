//! A lane's connection: opened when needed, thrown away when in doubt, not retried too often.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use genkan_core::{Clock, Code, Error, Result};

use super::lanes::Connections;
use crate::{
    Location,
    db::{self, Dialect, Driver, Link},
    migrate::run_script,
};

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The write connection of one lane.
pub(super) struct Connection {
    location: Location,
    patience: Duration,
    clock: Arc<dyn Clock>,
    counts: Arc<Connections>,
    link: Option<Link>,
    /// After a failure, no attempt before this moment.
    not_before: Option<(Instant, Code)>,
    pause: Duration,
}

impl Connection {
    pub(super) fn new(
        location: Location,
        patience: Duration,
        clock: Arc<dyn Clock>,
        counts: Arc<Connections>,
    ) -> Self {
        Self {
            location,
            patience,
            clock,
            counts,
            link: None,
            not_before: None,
            pause: SHORTEST_PAUSE,
        }
    }

    /// How long to wait before trying again is worth it; zero when the store was well.
    pub(super) fn pause_left(&self) -> Duration {
        let left =
            |(moment, _): (Instant, Code)| moment.saturating_duration_since(self.clock.monotonic());
        self.not_before.map_or(Duration::ZERO, left)
    }

    /// Takes the connection out, with a write transaction begun on it.
    ///
    /// A connection that went stale while it lay idle is replaced once.
    pub(super) async fn begin(&mut self) -> Result<Link> {
        if let Some((_, code)) = self.not_before.filter(|_| !self.pause_left().is_zero()) {
            let message = match code {
                Code::StoreFull => "the disk of the database takes no more data",
                _ => "the database cannot be used now",
            };
            return Err(Error::new(code, message));
        }
        let fresh = self.link.is_none();
        let error = match self.try_begin().await {
            Ok(link) => return Ok(link),
            Err(error) => error,
        };
        if fresh || !db::Error::disconnected(&error) {
            self.back_off(error.code());
            return Err(error);
        }
        self.try_begin()
            .await
            .inspect_err(|error| self.back_off(error.code()))
    }

    async fn try_begin(&mut self) -> Result<Link> {
        let mut link = match self.link.take() {
            Some(link) => link,
            None => self.open().await?,
        };
        let begun =
            tokio::time::timeout(self.patience + Duration::from_secs(5), begin(&mut link)).await;
        match begun {
            Ok(Ok(())) => Ok(link),
            Ok(Err(error)) if error.is_disconnected() => {
                self.lose(link);
                Err(error.into())
            }
            Ok(Err(error)) => {
                // SQLite was locked for longer than we wait: the connection itself is fine.
                self.link = Some(link);
                Err(error.into())
            }
            Err(_late) => {
                self.lose(link);
                Err(Error::new(
                    Code::StoreUnavailable,
                    "the database did not answer in time",
                ))
            }
        }
    }

    async fn open(&mut self) -> Result<Link> {
        let mut link = db::connect::owned(&self.location, self.patience).await?;
        if link.dialect() == Dialect::Postgres {
            // The role of records; effects take another one for as long as they run.
            run_script(&mut link, "SET ROLE genkan_system").await?;
        }
        self.counts.open.fetch_add(1, Ordering::Relaxed);
        Ok(link)
    }

    /// Puts a connection back whose transaction has ended well.
    pub(super) fn put_back(&mut self, link: Link) {
        self.link = Some(link);
        self.not_before = None;
        self.pause = SHORTEST_PAUSE;
    }

    /// Throws away a connection that cannot be trusted any more.
    pub(super) fn lose(&self, link: Link) {
        drop(link);
        self.note_lost();
    }

    /// Notes that a connection is gone which somebody else threw away.
    pub(super) fn note_lost(&self) {
        self.counts.open.fetch_sub(1, Ordering::Relaxed);
    }

    /// Waits a little longer each time before the next attempt.
    pub(super) fn back_off(&mut self, code: Code) {
        self.not_before = Some((self.clock.monotonic() + self.pause, code));
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// Allows one attempt at once, for the last words of a process that stops.
    pub(super) fn hurry(&mut self) {
        self.not_before = None;
    }

    pub(super) async fn close(&mut self) {
        if let Some(link) = self.link.take() {
            self.counts.open.fetch_sub(1, Ordering::Relaxed);
            link.close().await;
        }
    }
}

async fn begin(link: &mut Link) -> Result<(), db::Error> {
    let sql = link.dialect().pick("BEGIN IMMEDIATE", "BEGIN");
    control(link, sql).await
}

/// Runs statements that steer the transaction.
pub(super) async fn control(link: &mut Link, sql: &'static str) -> Result<(), db::Error> {
    match link.driver() {
        Driver::Sqlite(connection) => {
            for sql in sql.split("; ") {
                connection.execute(sql, &[])?;
            }
        }
        // The simple protocol is the shorter way.
        Driver::Postgres(connection) => {
            sqlx::raw_sql(sql).execute(connection).await?;
        }
    }
    Ok(())
}
