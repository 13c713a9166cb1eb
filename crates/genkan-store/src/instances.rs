//! Which instances serve one PostgreSQL, and whether they may do so together.
//!
//! Each holds two advisory locks on a connection of its own: one that counts it, and one that says
//! how it serves. Who meets the others at a Redis shares the second, who does not wants it alone. So
//! two that do not meet never count as ready together, without a clock and without anything to clean
//! up: PostgreSQL gives the locks back when their holder ends, however it ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use genkan_core::{Code, Error, Result, lifecycle::Lifecycle};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    Location,
    db::{self, Link, fetch_one},
    migrate::run_script,
};

/// How long to wait for PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often an instance makes sure of its locks, or tries to get them.
const BEAT: Duration = Duration::from_secs(1);
/// How often one that starts tries at once: who ended just now may still seem to be there.
const FIRST_TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Counted among the instances; noticed within half a minute when the machine is gone. The first
/// number is arbitrary and ours.
const COUNT_ME: &str = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; \
     SET tcp_keepalives_count = 3; SELECT pg_advisory_lock_shared(704921338, 1)";
const TRY_TOGETHER: &str =
    "SELECT CAST(CAST(pg_try_advisory_lock_shared(704921338, 2) AS INTEGER) AS BIGINT)";
const TRY_ALONE: &str =
    "SELECT CAST(CAST(pg_try_advisory_lock(704921338, 2) AS INTEGER) AS BIGINT)";
const STILL_THERE: &str = "SELECT CAST(1 AS BIGINT)";
const LOOK: &str = "SELECT \
     count(*) FILTER (WHERE objid = 1), \
     count(*) FILTER (WHERE objid = 2 AND mode = 'ExclusiveLock') \
     FROM pg_locks WHERE locktype = 'advisory' AND classid = 704921338 AND granted \
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Where an instance meets the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// At a Redis.
    AtRedis,
    /// Nowhere: it must be the only one.
    Nowhere,
}

/// The place of this instance among those that serve the store.
#[derive(Clone)]
pub struct Instances {
    standing: Arc<AtomicU8>,
    meeting: Meeting,
}

/// How an instance stands.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Standing {
    /// PostgreSQL has not said.
    Unknown,
    /// It may serve.
    Serving,
    /// Another one serves, and they do not meet.
    Second,
}

/// The instances that serve a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many there are.
    pub count: i64,
    /// Whether one of them meets the others nowhere.
    pub one_is_alone: bool,
}

impl Instances {
    /// Joins those who serve the store and stays among them until the lifecycle stops. `None` on
    /// SQLite, where the data folder has one server.
    pub async fn join(
        location: &Location,
        meeting: Meeting,
        lifecycle: &Lifecycle,
    ) -> Option<Self> {
        let Location::Postgres(_) = location else {
            return None;
        };
        let instances = Self {
            standing: Arc::new(AtomicU8::new(Standing::Unknown as u8)),
            meeting,
        };
        let mut link = None;
        for _ in 0..FIRST_TRIES {
            instances.try_once(location, &mut link).await;
            if instances.is(Standing::Serving) {
                break;
            }
            sleep(FIRST_PAUSE).await;
        }
        if let Err(error) = instances.check() {
            warn!(%error, "this instance is not ready; it becomes ready when the other one ends");
        }
        let (staying, location) = (instances.clone(), location.clone());
        let stop = lifecycle.soft_stop().clone();
        lifecycle.start("store.instances", async move {
            staying.stay(&location, link, &stop).await;
        });
        Some(instances)
    }

    /// Whether this instance may serve.
    ///
    /// Errors: `second_instance`, `store_unavailable`.
    pub fn check(&self) -> Result<()> {
        if self.is(Standing::Serving) {
            return Ok(());
        }
        if !self.is(Standing::Second) {
            let message = "PostgreSQL does not say whether another instance serves this store";
            return Err(Error::new(Code::StoreUnavailable, message));
        }
        Err(second(match self.meeting {
            Meeting::AtRedis => "an instance without Redis serves this store",
            Meeting::Nowhere => "another instance serves this store, and this one has no Redis",
        }))
    }

    /// Tells who serves the store of a location; nobody that counts on SQLite.
    pub async fn look(location: &Location) -> Result<Option<Seen>> {
        let Location::Postgres(_) = location else {
            return Ok(None);
        };
        let mut link = db::connect::owned(location, PATIENCE).await?;
        let seen: Result<(i64, i64), db::Error> = fetch_one!(link, LOOK);
        link.close().await;
        let (count, alone) = seen?;
        Ok(Some(Seen {
            count,
            one_is_alone: alone > 0,
        }))
    }

    async fn stay(&self, location: &Location, mut link: Option<Link>, stop: &CancellationToken) {
        while stop.run_until_cancelled(sleep(BEAT)).await.is_some() {
            let was_serving = self.is(Standing::Serving);
            self.try_once(location, &mut link).await;
            match (was_serving, self.check()) {
                (false, Ok(())) => info!("this instance may serve now"),
                (true, Err(error)) => warn!(%error, "this instance is not ready"),
                _ => {}
            }
        }
        if let Some(link) = link {
            link.close().await;
        }
    }

    async fn try_once(&self, location: &Location, link: &mut Option<Link>) {
        let standing = match self.stand(location, link).await {
            Ok(true) => Standing::Serving,
            Ok(false) => Standing::Second,
            Err(_) => {
                // With the connection the locks are lost.
                *link = None;
                Standing::Unknown
            }
        };
        self.standing.store(standing as u8, Ordering::Relaxed);
    }

    /// Makes sure of the locks. Returns whether this instance may serve.
    async fn stand(&self, location: &Location, link: &mut Option<Link>) -> Result<bool> {
        let is_fresh = link.is_none();
        if is_fresh {
            let mut opened = db::connect::owned(location, PATIENCE).await?;
            run_script(&mut opened, COUNT_ME).await?;
            *link = Some(opened);
        }
        let Some(link) = link else {
            return Ok(false);
        };
        let statement = match self.meeting {
            _ if !is_fresh && self.is(Standing::Serving) => STILL_THERE,
            Meeting::AtRedis => TRY_TOGETHER,
            Meeting::Nowhere => TRY_ALONE,
        };
        let (got,): (i64,) = fetch_one!(link, statement)?;
        Ok(got == 1)
    }

    fn is(&self, standing: Standing) -> bool {
        self.standing.load(Ordering::Relaxed) == standing as u8
    }
}

/// Two instances that do not meet.
fn second(message: &'static str) -> Error {
    Error::new(Code::SecondInstance, message)
}
