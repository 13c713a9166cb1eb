//! Calls that leave the house to change something outside: kept durably before, and closed as
//! `outcome_unknown` when the process that made them is not heard of any more.
//!
//! A call that only reads, or changes the own store alone, never comes here.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use genkan_core::{
    Code, Error, Lifecycle, Result, ToolOutput, digest::Digest, id::IdempotencyKey,
    outcome::Content, record::Record,
};
use genkan_store::{Earlier, Keyed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};
use tracing::warn;

use crate::{Engine, duty, tasks};

/// How long an idempotency key is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest answer that is kept for those who send the call again, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// After how many beats expired keys are forgotten.
const PURGE: u32 = 120;

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

/// Keeps the call, unless it left before under the same key: then returns what was answered. Whatever
/// fails here, nothing has left the house by this call.
pub(crate) async fn keep(
    engine: &Engine,
    record: &Record,
    key: Option<IdempotencyKey>,
    arguments: &Map<String, Value>,
) -> Result<Option<ToolOutput>> {
    let now = engine.clock.now();
    let keyed = key.map(|key| Keyed {
        key,
        arguments: Digest::of_object(arguments),
        now,
        expires: now.plus(REMEMBERED),
    });
    let lease = tasks::lease(engine);
    let kept = engine.store.depart(record, &lease, keyed).await;
    let earlier = kept.map_err(|error| match error.code() {
        // Unknown is only whether the row is there; it goes with the record in any case.
        Code::OutcomeUnknown => {
            let message =
                "the call was not sent: the store broke off while keeping that it would be";
            Error::new(Code::StoreUnavailable, message)
        }
        _ => error,
    })?;
    match earlier {
        None => Ok(None),
        Some(Earlier::Answered(text)) => answer_of(&text).map(Some),
        Some(Earlier::Other) => {
            let message = "the idempotency key was used for other arguments";
            Err(Error::new(Code::InvalidArguments, message)
                .hint("Give another call another key; send the same call as it was."))
        }
        Some(Earlier::Away) => {
            let message = "the call with this idempotency key is under way";
            Err(Error::new(Code::Conflict, message).hint("Send it again in a while."))
        }
        Some(Earlier::Unknown) => {
            let message = "what became of the call with this idempotency key is not known";
            Err(Error::new(Code::OutcomeUnknown, message))
        }
    }
}

/// An answer as it is kept for those who send the call again. `None` if it is too large for that.
pub(crate) fn answer_text(output: &ToolOutput) -> Option<Arc<str>> {
    let content = output.content.iter().map(|block| match block {
        Content::Text(text) => {
            serde_json::value::to_raw_value(&json!({ "type": "text", "text": text }))
        }
        Content::Raw(raw) => Ok(raw.clone()),
    });
    let answer = Answer {
        content: content.collect::<Result<_, _>>().ok()?,
        structured: output.structured.clone(),
    };
    let text = serde_json::to_string(&answer).ok()?;
    (text.len() <= LONGEST_ANSWER).then(|| text.into())
}

fn answer_of(text: &str) -> Result<ToolOutput> {
    let answer: Answer = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(ToolOutput {
        content: answer.content.into_iter().map(Content::Raw).collect(),
        structured: answer.structured,
        ..ToolOutput::default()
    })
}

/// What is kept of an answer.
#[derive(Serialize, Deserialize)]
struct Answer {
    content: Vec<Box<RawValue>>,
    structured: Option<Box<RawValue>>,
}

/// Starts to prolong leases and to close what was lost, until the lifecycle stops waiting.
pub(crate) fn start(engine: &Arc<Engine>, lifecycle: &Lifecycle) {
    let engine = Arc::downgrade(engine);
    let stop = lifecycle.soft_stop().clone();
    lifecycle.start("engine.departures", async move {
        for count in 0_u32.. {
            let Some(engine) = engine.upgrade() else {
                break;
            };
            if let Err(error) = look_after(&engine, count % PURGE == 0).await {
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
async fn look_after(engine: &Engine, purges: bool) -> Result<()> {
    hold(engine).await?;
    let (lease, now) = (tasks::lease(engine), engine.clock.now());
    // Who does not reach the database takes no work from who does.
    let mut tx = engine.store.system_read().await?;
    let lost = tx.departure_count_lost(now).await?;
    drop(tx);
    if !duty::is_ours(engine).await {
        return Ok(());
    }
    if purges {
        let purged = engine
            .store
            .system_write(move |tx| Box::pin(tx.idempotency_purge(now)));
        purged.await?;
    }
    if lost == 0 {
        return Ok(());
    }
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
