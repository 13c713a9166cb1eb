//! The second source of candidates: entries whose vectors are near to those of the queries; and how
//! what both sources found becomes one ranking.

use std::collections::HashMap;

use genkan_core::Result;
use genkan_store::{TenantTx, knowledge::LineScope};

use super::{
    embed::{Embedder, Vector},
    search::rank::{self, Ranked},
    task_size::TaskSize,
};

/// The most vectors that one request compares, those of the newest entries.
const COMPARED: i64 = 10_000;
/// The most entries that this source finds.
const FOUND: usize = 50;
/// How much the first places of a source outweigh the later ones; the less, the larger it is
/// (Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion", 2009).
const FLATNESS: f64 = 60.0;

/// What is asked.
pub(crate) struct Wish<'a> {
    /// The scopes to look in.
    pub(crate) line: &'a [LineScope],
    /// The queries.
    pub(crate) queries: &'a [String],
    /// The size of the task.
    pub(crate) task_size: Option<TaskSize>,
}

/// An entry that was found, with the name of its scope.
pub(crate) type Near = (Ranked, String);

/// The entries that are nearest to any of the queries, the nearest first.
pub(crate) async fn nearest(
    tx: &mut TenantTx,
    embedder: &dyn Embedder,
    wish: &Wish<'_>,
) -> Result<Vec<Near>> {
    let queries = wish.queries.iter().map(|query| embedder.embed(query));
    let queries: Vec<Vector> = queries.filter_map(|numbers| Vector::of(&numbers)).collect();
    if queries.is_empty() {
        return Ok(Vec::new());
    }
    let scopes: HashMap<&str, &LineScope> = wish
        .line
        .iter()
        .map(|scope| (scope.id.as_str(), scope))
        .collect();
    let ids: Vec<&str> = wish.line.iter().map(|scope| scope.id.as_str()).collect();
    let least_size = wish.task_size.map(TaskSize::stored);
    let vectors = tx
        .knowledge_vectors(embedder.name(), &ids, least_size, COMPARED)
        .await?;
    let near = vectors.into_iter().filter_map(|entry| {
        let (vector, scope) = (
            Vector::read(&entry.vector)?,
            scopes.get(entry.scope.as_str())?,
        );
        let score = queries
            .iter()
            .map(|query| query.cosine(&vector))
            .fold(0.0, f64::max);
        let ranked = Ranked {
            id: entry.id,
            distance: scope.distance,
            score,
        };
        (score >= embedder.near()).then(|| (ranked, scope.name.clone()))
    });
    let mut near: Vec<Near> = near.collect();
    near.sort_unstable_by(|(a, _), (b, _)| rank::order(a, b));
    near.truncate(FOUND);
    Ok(near)
}

/// One ranking from that by words and that by nearness: an entry counts by its place in each. Without
/// a second one the first stays as it is.
pub(crate) fn fused(words: Vec<Ranked>, near: &[Near]) -> Vec<Ranked> {
    if near.is_empty() {
        return words;
    }
    let mut all: HashMap<String, Ranked> = HashMap::new();
    let near = near.iter().map(|(ranked, _)| ranked.clone());
    for source in [words, near.collect()] {
        for (place, ranked) in (1_u32..).zip(source) {
            let worth = 1.0 / (FLATNESS + f64::from(place));
            let fresh = Ranked {
                score: 0.0,
                ..ranked
            };
            all.entry(fresh.id.clone()).or_insert(fresh).score += worth;
        }
    }
    let mut fused: Vec<Ranked> = all.into_values().collect();
    fused.sort_unstable_by(rank::order);
    fused
}
