//! The store's metrics.

use std::{
    sync::{LazyLock, OnceLock},
    time::{Duration, Instant},
};

use genkan_core::{Clock, clock::SystemClock, lifecycle::Lifecycle};
use metrics::{Histogram, Unit, describe_gauge, describe_histogram, gauge, histogram};

use crate::Store;

/// How long statements took.
const STATEMENTS: &str = "db_query_duration_seconds";

/// Where it is noted from the first store on. A process may look into a store before it measures
/// anything, and what is resolved then would be lost for good.
static STATEMENTS_TOOK: OnceLock<Histogram> = OnceLock::new();

/// How long the queue of writes keeps things waiting.
const QUEUE: &str = "genkan_store_queue_seconds";

/// How often gauges are set.
const EVERY: Duration = Duration::from_secs(1);

/// Describes the metrics and keeps the gauges fresh until the lifecycle stops. Looks at the same time
/// whether connections lie idle.
pub(crate) fn start(store: Store, lifecycle: &Lifecycle) {
    describe_gauge!("database_connections_active", "Database connections in use");
    describe_gauge!(
        "database_connections_idle",
        "Database connections open and not in use"
    );
    describe_gauge!(
        "redis_connections_active",
        "Redis connections in use; absent without `redis.url`"
    );
    describe_gauge!(
        "genkan_store_queue_length",
        "Calls waiting to be written or recorded"
    );
    describe_histogram!(
        "genkan_store_commit_seconds",
        Unit::Seconds,
        "Time from beginning to commit of a group"
    );
    describe_histogram!(
        QUEUE,
        Unit::Seconds,
        "Time that the first of a group waits before the group begins"
    );
    describe_histogram!(
        STATEMENTS,
        Unit::Seconds,
        "Time of one database statement, with the way to the database and back"
    );
    describe_histogram!("genkan_store_group_size", "Calls that shared one commit");
    STATEMENTS_TOOK.get_or_init(|| histogram!(STATEMENTS));
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("store.measure", async move {
        loop {
            store.readers().close_unused();
            set(&store);
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => break,
            }
        }
    });
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts of connections and jobs are small"
)]
fn set(store: &Store) {
    let (lanes_busy, lanes_idle) = store.lanes().connections();
    gauge!("database_connections_active").set((store.readers().active() + lanes_busy) as f64);
    gauge!("database_connections_idle").set((store.readers().idle() + lanes_idle) as f64);
    gauge!("genkan_store_queue_length").set(store.lanes().waiting() as f64);
}

/// A statement on its way; noted when dropped, also when it failed.
pub(crate) struct Statement(Instant);

impl Statement {
    pub(crate) fn begin() -> Self {
        Self(SystemClock.monotonic())
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        if let Some(statements) = STATEMENTS_TOOK.get() {
            let took = SystemClock.monotonic().saturating_duration_since(self.0);
            statements.record(took.as_secs_f64());
        }
    }
}

/// Notes how long the first job of a group waited for it to begin.
pub(crate) fn waited(duration: Duration) {
    /// Resolved at the first group, which comes after the recorder.
    static WAITED: LazyLock<Histogram> = LazyLock::new(|| histogram!(QUEUE));
    WAITED.record(duration.as_secs_f64());
}

/// Notes one committed group.
#[allow(
    clippy::cast_precision_loss,
    reason = "a group is at most a few hundred"
)]
pub(crate) fn group(size: usize, took: Duration) {
    histogram!("genkan_store_commit_seconds").record(took.as_secs_f64());
    histogram!("genkan_store_group_size").record(size as f64);
}
