//! How team knowledge is used: searches are noted in memory, summed up, and written every few seconds.
//!
//! A search itself writes nothing. What is noted is bounded; beyond that, searches go unnoted and are
//! counted. Sums say nothing about who asked, and whoever wants to is left out of them.

mod report;
mod sums;
mod write;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use genkan_core::{
    Code, Result, Timestamp,
    id::{PrincipalId, TenantId},
    lifecycle::Lifecycle,
};
use metrics::{counter, describe_counter};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::Store;

pub use report::{SlowSearch, Suggestion, Unused, UsageDay, UsageWord};

/// How often sums are written.
const EVERY: Duration = Duration::from_secs(5);
/// The most searches that wait to be summed up.
const PENDING: usize = 1024;
/// With how many of them they are written at once.
const MANY: usize = PENDING / 2;
/// The milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What is kept of searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageKept {
    /// For how many days.
    pub days: u32,
    /// Whether the words that were searched for are.
    pub words: bool,
}

impl Default for UsageKept {
    fn default() -> Self {
        Self {
            days: 90,
            words: true,
        }
    }
}

/// One search, as it is noted.
#[derive(Clone, Debug)]
pub struct Search {
    /// Who asked; it is not kept.
    pub principal: PrincipalId,
    /// The id of the scope that was asked.
    pub scope: String,
    /// When.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The queries as one text.
    pub queries: String,
    /// Their words, each once.
    pub words: Vec<SearchedWord>,
    /// The entries that were found, by id.
    pub found: Vec<String>,
    /// Words of a query, each with the entry that the other words of the query found first and that
    /// does not hold it.
    pub suggestions: Vec<(String, String)>,
}

/// A word that was searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchedWord {
    /// The word as it was written, folded.
    pub word: String,
    /// Whether any entry that was found holds it.
    pub is_found: bool,
}

/// The day of a moment, counted from 1970-01-01.
fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY)
}

/// What was noted and is not yet written.
pub(crate) struct Usage {
    kept: UsageKept,
    pending: Mutex<Vec<(TenantId, Search)>>,
    many: Notify,
    /// The day of the last purge.
    purged: AtomicI64,
}

impl Usage {
    pub(crate) fn new(kept: UsageKept) -> Self {
        describe_counter!(
            "genkan_knowledge_searches_unnoted_total",
            "Searches that statistics of usage leave out, since too many came at once"
        );
        Self {
            kept,
            pending: Mutex::default(),
            many: Notify::new(),
            purged: AtomicI64::new(i64::MIN),
        }
    }

    /// Notes a search, if there is room.
    pub(crate) fn note(&self, tenant: &TenantId, mut search: Search) {
        if !self.kept.words {
            search.queries.clear();
            search.words.clear();
            search.suggestions.clear();
        }
        let mut pending = self.pending();
        if pending.len() >= PENDING {
            drop(pending);
            counter!("genkan_knowledge_searches_unnoted_total").increment(1);
            return;
        }
        pending.push((tenant.clone(), search));
        if pending.len() == MANY {
            self.many.notify_one();
        }
    }

    /// Sums up what is pending and writes it. What cannot be written now is pending again.
    pub(crate) async fn write(&self, store: &Store) -> Result<()> {
        let pending = std::mem::take(&mut *self.pending());
        if pending.is_empty() {
            return Ok(());
        }
        let pending = Arc::new(pending);
        let batch = Arc::clone(&pending);
        let written = store
            .system_write(move |tx| {
                let batch = Arc::clone(&batch);
                Box::pin(async move { tx.knowledge_write_usage(&batch).await })
            })
            .await;
        if let Err(error) = &written
            && error.code() != Code::OutcomeUnknown
        {
            let mut now = self.pending();
            let room = PENDING - now.len().min(PENDING);
            now.extend(pending.iter().take(room).cloned());
        }
        written
    }

    /// Forgets what is too old, once a day.
    pub(crate) async fn purge(&self, store: &Store) -> Result<()> {
        let today = day(store.records().clock().now());
        if self.purged.load(Ordering::Relaxed) == today {
            return Ok(());
        }
        let oldest = today - i64::from(self.kept.days) + 1;
        store
            .system_write(move |tx| Box::pin(tx.knowledge_purge_usage(oldest)))
            .await?;
        self.purged.store(today, Ordering::Relaxed);
        Ok(())
    }

    /// Writes what is pending now and then, until the lifecycle stops.
    pub(crate) fn keep_written(store: Store, lifecycle: &Lifecycle) {
        let stop = lifecycle.soft_stop().clone();
        lifecycle.start("store.usage", async move {
            loop {
                let usage = store.usage();
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = usage.many.notified() => {}
                    () = stop.cancelled() => break,
                }
                if let Err(error) = store.write_usage().await {
                    tracing::warn!(?error, "searches could not be counted; trying later");
                }
            }
        });
    }

    fn pending(&self) -> MutexGuard<'_, Vec<(TenantId, Search)>> {
        // Nothing in between can panic and leave it half changed.
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
