//! Answers of `knowledge_get_task_context` that were given before, kept as long as they hold.
//!
//! What an answer depends on is in its key: the tenant, what was asked, and each scope of the line with
//! its name, its distance and its version, all read in the search's own transaction. So a write in a
//! scope outdates the answers of those who inherit from it, at once, whatever process or instance wrote
//! it, and nobody else's. Who may ask is decided before, by permission, and the same for all entries of a
//! tenant.
//!
//! Scores weigh words by how many entries of the whole tenant hold them. Writes elsewhere shift them a
//! little, which is why no answer is kept for longer than a few minutes.

use std::{sync::Arc, time::Duration};

use genkan_core::id::TenantId;
use genkan_store::knowledge::LineScope;
use metrics::{counter, describe_counter};
use moka::sync::Cache;

use super::{get_task_context::Answer, observed::Observed, task_size::TaskSize};

/// How many bytes all kept answers have together, about.
const BYTES: u64 = 16 * 1024 * 1024;
/// The largest answer that is kept, in bytes: a few large ones would drive out all others.
const LARGEST: usize = 512 * 1024;
/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(300);

/// What an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) tenant: TenantId,
    pub(super) line: Vec<LineScope>,
    pub(super) queries: Vec<String>,
    pub(super) task_size: Option<TaskSize>,
}

/// An answer with what is noted of the search.
#[derive(Clone, Default)]
pub(super) struct Kept {
    pub(super) answer: Arc<Answer>,
    pub(super) observed: Observed,
}

/// The answers of one process.
#[derive(Clone)]
pub(super) struct Answers(Option<Cache<Arc<Key>, Kept>>);

impl Answers {
    /// An empty cache, or none at all.
    pub(super) fn new(is_on: bool) -> Self {
        describe_counter!(
            "genkan_knowledge_cache_hits_total",
            "Searches that were answered as the same one before"
        );
        describe_counter!(
            "genkan_knowledge_cache_misses_total",
            "Searches that were not answered before, or are outdated"
        );
        let cache = || {
            Cache::builder()
                .max_capacity(BYTES)
                .weigher(|key: &Arc<Key>, kept: &Kept| {
                    u32::try_from(key.size() + kept.answer.size()).unwrap_or(u32::MAX)
                })
                .time_to_live(KEPT)
                .build()
        };
        Self(is_on.then(cache))
    }

    /// The answer that was kept, if it still holds.
    pub(super) fn find(&self, key: &Key) -> Option<Kept> {
        let cache = self.0.as_ref()?;
        let found = cache.get(key);
        match found {
            Some(_) => counter!("genkan_knowledge_cache_hits_total").increment(1),
            None => counter!("genkan_knowledge_cache_misses_total").increment(1),
        }
        found
    }

    /// Keeps an answer.
    pub(super) fn keep(&self, key: Key, kept: &Kept) {
        if let Some(cache) = &self.0
            && kept.answer.size() <= LARGEST
        {
            cache.insert(Arc::new(key), kept.clone());
        }
    }
}

impl Key {
    fn size(&self) -> usize {
        let line: usize = self
            .line
            .iter()
            .map(|one| 80 + one.id.len() + one.name.len())
            .sum();
        let queries: usize = self.queries.iter().map(|query| 24 + query.len()).sum();
        128 + line + queries
    }
}
