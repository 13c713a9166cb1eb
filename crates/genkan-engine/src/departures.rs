//! Calls that leave the house to change something outside: kept durably before, and closed as
//! `outcome_unknown` when the process that made them is not heard of any more.
//!
//! A call that only reads, or changes the own store alone, never comes here.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use genkan_core::{Code, Error, Lifecycle, Result, record::Record};
use tracing::warn;

use crate::{Engine, tasks};

/// How many calls of this process are away.
#[derive(Default)]
pub(crate) struct Departures(AtomicUsize);

/// One of them, until it is dropped.
pub(crate) struct Away<'d>(&'d AtomicUsize);

impl Departures {
    /// Counts one more.
    pub(crate) fn begin(&self) -> Away<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Away(&self.0)
    }
}

impl Drop for Away<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Keeps the call. Whatever fails here, nothing has left the house.
pub(crate) async fn keep(engine: &Engine, record: &Record) -> Result<()> {
    let kept = engine.store.depart(record, &tasks::lease(engine)).await;
    kept.map_err(|error| match error.code() {
        // Unknown is only whether the row is there; it goes with the record in any case.
        Code::OutcomeUnknown => {
            let message =
                "the call was not sent: the store broke off while keeping that it would be";
            Error::new(Code::StoreUnavailable, message)
        }
        _ => error,
    })
}

/// Starts to prolong leases and to close what was lost, until the lifecycle stops waiting.
pub(crate) fn start(engine: &Arc<Engine>, lifecycle: &Lifecycle) {
    let engine = Arc::downgrade(engine);
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("engine.departures", async move {
        while let Some(engine) = engine.upgrade() {
            if let Err(error) = look_after(&engine).await {
                warn!(
                    ?error,
                    "calls that left the house could not be looked after; trying later"
                );
            }
            let beat = tasks::beat(&engine);
            drop(engine);
            tokio::select! {
                () = tokio::time::sleep(beat) => {}
                () = stop.cancelled() => break,
            }
        }
        // For calls that the doors still wait for.
        if let Some(engine) = engine.upgrade()
            && let Err(error) = hold(&engine).await
        {
            warn!(?error, "calls that left the house may be taken for lost");
        }
    });
}

/// Prolongs the leases of calls that are away.
async fn hold(engine: &Engine) -> Result<()> {
    if engine.departures.0.load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    let lease = tasks::lease(engine);
    let held = engine.store.system_write(move |tx| {
        let lease = lease.clone();
        Box::pin(async move { tx.departure_hold(&lease).await })
    });
    held.await
}

/// Prolongs, and leaves the records of calls whose process has gone.
async fn look_after(engine: &Engine) -> Result<()> {
    hold(engine).await?;
    let (lease, now) = (tasks::lease(engine), engine.clock.now());
    let mut tx = engine.store.system_read().await?;
    if tx.departure_count_lost(now).await? == 0 {
        return Ok(());
    }
    drop(tx);
    let taken = engine.store.system_write(move |tx| {
        let lease = lease.clone();
        Box::pin(async move { tx.departure_take_lost(&lease, now).await })
    });
    for record in taken.await? {
        warn!(
            correlation_id = record.correlation_id.as_str(),
            "nobody knows what became of a call of `{}`: its process stopped before it ended",
            record.subject.as_deref().unwrap_or_default(),
        );
        engine.store.records().reserve().await?.leave(record);
    }
    Ok(())
}
