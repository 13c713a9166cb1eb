//! Keeps tasks true: prolongs leases, notices what others cancelled, fails what was lost, forgets
//! what has expired.

use std::{sync::Arc, time::Duration};

use genkan_core::{Lifecycle, Result};
use genkan_store::Lease;
use tracing::warn;

use super::{TaskKey, settle};
use crate::{Engine, duty};

/// After how many beats expired tasks are forgotten.
const PURGE: u32 = 120;

/// A hold on work from now on.
pub(crate) fn lease(engine: &Engine) -> Lease {
    Lease {
        writer: engine.tasks.worker.clone(),
        until: engine.clock.now().plus(engine.limits.get().lease),
    }
}

/// How often leases are prolonged: three times may fail.
pub(crate) fn beat(engine: &Engine) -> Duration {
    engine.limits.get().lease / 4
}

/// Starts to keep, until the lifecycle stops waiting.
pub(crate) fn start(engine: &Arc<Engine>, lifecycle: &Lifecycle) {
    let changed = Arc::clone(&engine.tasks.changed);
    let engine = Arc::downgrade(engine);
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("engine.tasks", async move {
        for count in 0_u32.. {
            let Some(engine) = engine.upgrade() else {
                break;
            };
            let kept = keep(&engine, count % PURGE == 0).await;
            if let Err(error) = kept {
                warn!(?error, "tasks could not be kept; trying later");
            }
            let beat = beat(&engine);
            drop(engine);
            tokio::select! {
                () = tokio::time::sleep(beat) => {}
                () = changed.notified() => {}
                () = stop.cancelled() => break,
            }
        }
    });
}

async fn keep(engine: &Engine, purges: bool) -> Result<()> {
    if !purges || !duty::is_ours(engine).await {
        return hold(engine).await;
    }
    fail_lost(engine).await?;
    let now = engine.clock.now();
    let purged = engine
        .store
        .system_write(move |tx| Box::pin(tx.tasks_purge(now)));
    purged.await.map(|_| ())
}

/// Prolongs the leases of this process, and stops work on what others have ended.
async fn hold(engine: &Engine) -> Result<()> {
    let known: Vec<TaskKey> = engine.tasks.running().keys().cloned().collect();
    if known.is_empty() {
        return Ok(());
    }
    let lease = lease(engine);
    let held = engine.store.system_write(move |tx| {
        let lease = lease.clone();
        Box::pin(async move { tx.task_hold(&lease).await })
    });
    let held = held.await?;
    for key in known {
        let is_held = held
            .iter()
            .any(|(tenant, id)| *tenant == key.tenant && **id == *key.id);
        if !is_held && let Some(work) = engine.tasks.running().remove(&key) {
            work.cancel();
        }
    }
    Ok(())
}

/// Fails every task whose process has not been heard of. This one is heard of before: its own leases may
/// have run out because the clock jumped, or because the machine slept.
pub(super) async fn fail_lost(engine: &Engine) -> Result<()> {
    hold(engine).await?;
    let (error, now) = (settle::lost_text(), engine.clock.now());
    let failed = engine.store.system_write(move |tx| {
        let error = error.clone();
        Box::pin(async move { tx.task_fail_lost(&error, now).await })
    });
    for (tenant, id) in failed.await? {
        let id = id.into();
        settle::announce(engine, &TaskKey { tenant, id });
    }
    Ok(())
}
