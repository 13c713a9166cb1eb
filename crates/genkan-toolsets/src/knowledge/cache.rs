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
//!
//! Where several instances meet, what one found the others find too ([`SharedCache`]).

use std::{sync::Arc, time::Duration};

use genkan_core::{Clock, SharedCache, Timestamp, digest::Digest, id::TenantId, trace::TARGET};
use genkan_store::knowledge::LineScope;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use tracing::{field::Empty, trace_span};

use super::{Options, get_task_context::Answer, observed::Observed, task_size::TaskSize};

/// How many bytes all kept answers have together, about.
const BYTES: u64 = 16 * 1024 * 1024;
/// The largest answer that is kept, in bytes: a few large ones would drive out all others.
const LARGEST: usize = 512 * 1024;
/// The largest answer that is shared: larger ones are found anew more quickly than they travel.
const LARGEST_SHARED: usize = 64 * 1024;
/// How long an answer is kept, here and elsewhere together.
const KEPT: Duration = Duration::from_secs(300);

/// How long it takes to look for an answer.
const LOOKED: &str = "genkan_knowledge_cache_seconds";

/// What an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) tenant: TenantId,
    pub(super) line: Vec<LineScope>,
    pub(super) queries: Vec<String>,
    pub(super) task_size: Option<TaskSize>,
}

/// An answer with what is noted of the search.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) answer: Arc<Answer>,
    pub(super) observed: Observed,
    /// When it was found, in milliseconds, by the clock of the instance that found it.
    found_at: i64,
}

impl Kept {
    /// What is found now.
    pub(super) fn new(answer: Answer, observed: Observed, now: Timestamp) -> Self {
        Self {
            answer: Arc::new(answer),
            observed,
            found_at: now.as_millis(),
        }
    }

    fn holds(&self, now: Timestamp) -> bool {
        let until = Timestamp::from_millis(self.found_at).plus(KEPT);
        now.as_millis() < until.as_millis()
    }
}

/// The answers that were given, here and on the other instances.
#[derive(Clone)]
pub(super) struct Answers {
    here: Option<Cache<Arc<Key>, Kept>>,
    shared: Option<Shared>,
}

/// The answers of all instances.
#[derive(Clone)]
struct Shared {
    cache: Arc<dyn SharedCache>,
    /// What else an answer depends on where instances differ: how they search.
    way: String,
}

impl Answers {
    /// Empty caches, or none at all.
    pub(super) fn new(options: &Options) -> Self {
        describe_counter!(
            "genkan_knowledge_cache_hits_total",
            "Searches that were answered as the same one before"
        );
        describe_counter!(
            "genkan_knowledge_cache_shared_hits_total",
            "Searches whose answer came from Redis; part of genkan_knowledge_cache_hits_total"
        );
        describe_counter!(
            "genkan_knowledge_cache_misses_total",
            "Searches that were not answered before, or are outdated"
        );
        describe_histogram!(
            LOOKED,
            Unit::Seconds,
            "Time to look for the answer of the same search before, in memory and in Redis"
        );
        if !options.cache {
            return Self {
                here: None,
                shared: None,
            };
        }
        let here = Cache::builder()
            .max_capacity(BYTES)
            .weigher(|key: &Arc<Key>, kept: &Kept| {
                u32::try_from(key.size() + kept.answer.size()).unwrap_or(u32::MAX)
            })
            .time_to_live(KEPT);
        let near = options.embedder.as_ref();
        let near = near.map_or("words", |embedder| embedder.name());
        Self {
            here: Some(here.build()),
            shared: options.shared.clone().map(|cache| Shared {
                cache,
                way: format!("{} {near}", env!("CARGO_PKG_VERSION")),
            }),
        }
    }

    /// The answer that was kept, if it still holds.
    pub(super) async fn find(&self, key: &Key, clock: &dyn Clock) -> Option<Kept> {
        let here = self.here.as_ref()?;
        let span = trace_span!(target: TARGET, "cache", genkan.cache.hit = Empty);
        let begun = clock.monotonic();
        let found = self.look(here, key, clock.now()).await;
        let took = clock.monotonic().saturating_duration_since(begun);
        histogram!(LOOKED).record(took.as_secs_f64());
        span.record("genkan.cache.hit", found.is_some());
        match found {
            Some(_) => counter!("genkan_knowledge_cache_hits_total").increment(1),
            None => counter!("genkan_knowledge_cache_misses_total").increment(1),
        }
        found
    }

    /// In this process, then on the other instances.
    async fn look(&self, here: &Cache<Arc<Key>, Kept>, key: &Key, now: Timestamp) -> Option<Kept> {
        let holds = |kept: &Kept| kept.holds(now);
        let mut found = here.get(key).filter(holds);
        if let (None, Some(shared)) = (&found, &self.shared) {
            found = shared.find(key).await.filter(holds);
            if let Some(kept) = &found {
                counter!("genkan_knowledge_cache_shared_hits_total").increment(1);
                here.insert(Arc::new(key.clone()), kept.clone());
            }
        }
        found
    }

    /// Keeps an answer.
    pub(super) async fn keep(&self, key: Key, kept: &Kept) {
        let Some(here) = &self.here else { return };
        let size = kept.answer.size();
        if size > LARGEST {
            return;
        }
        let key = Arc::new(key);
        here.insert(Arc::clone(&key), kept.clone());
        if let Some(shared) = self.shared.as_ref().filter(|_| size <= LARGEST_SHARED) {
            shared.keep(&key, kept).await;
        }
    }

    /// Forgets the oldest fifth of the answers that are kept here.
    pub(super) fn forget_oldest(&self) {
        let Some(here) = &self.here else { return };
        let mut kept: Vec<_> = here
            .iter()
            .map(|(key, kept)| (kept.found_at, key))
            .collect();
        kept.sort_unstable_by_key(|(found_at, _)| *found_at);
        for (_, key) in kept.iter().take(kept.len().div_ceil(5)) {
            here.invalidate(&**key);
        }
    }
}

impl Shared {
    async fn find(&self, key: &Key) -> Option<Kept> {
        let digest = key.digest(&self.way)?;
        let kept = self.cache.find(&key.tenant, &digest).await?;
        serde_json::from_slice(&kept).ok()
    }

    async fn keep(&self, key: &Key, kept: &Kept) {
        let value = serde_json::to_vec(kept).ok();
        if let (Some(digest), Some(value)) = (key.digest(&self.way), value) {
            self.cache.keep(&key.tenant, &digest, &value, KEPT).await;
        }
    }
}

impl Key {
    /// The name of the answer among all instances that search in this way.
    fn digest(&self, way: &str) -> Option<Digest> {
        let line = self.line.iter();
        let line = line.map(|one| (&one.id, &one.name, one.distance, one.version));
        let line: Vec<_> = line.collect();
        let text = serde_json::to_vec(&(way, line, &self.queries, self.task_size));
        text.ok().map(|text| Digest::of(&text))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_fifth_is_forgotten_first() {
        let answers = Answers::new(&Options::default());
        let key = |number: i64| Key {
            tenant: TenantId::default_tenant(),
            line: Vec::new(),
            queries: vec![number.to_string()],
            task_size: None,
        };
        // Not in the order of their age.
        for number in [7, 2, 9, 0, 4, 1, 8, 3, 6, 5] {
            let at = Timestamp::from_millis(number);
            let kept = Kept::new(Answer::default(), Observed::default(), at);
            answers.keep(key(number), &kept).await;
        }
        let now = Timestamp::from_millis(10);
        let here = answers.here.as_ref().unwrap();
        for left in [2, 4] {
            answers.forget_oldest();
            for number in 0..10 {
                let found = answers.look(here, &key(number), now).await;
                assert_eq!(found.is_some(), number >= left, "{number} of {left}");
            }
        }
        let late = now.plus(KEPT);
        let found = answers.look(here, &key(9), late).await;
        assert!(found.is_none(), "it is too old");
    }
}
