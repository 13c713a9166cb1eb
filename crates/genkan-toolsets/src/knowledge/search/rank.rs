//! The ranking: BM25F over context and content, the same on both databases, since they only
//! deliver candidates.
//!
//! Statistics come in as integers and are combined in one fixed order, so the same numbers give the
//! same bits. BM25F after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009).

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
};

use super::{
    profile::{self, Frequency},
    query::{Keyword, Query},
};

/// How fast further occurrences of a term lose weight.
const SATURATION: f64 = 1.2;
/// What a keyword of the author counts beside a word of the content.
const CONTEXT_WEIGHT: f64 = 3.0;
/// How much long contexts and contents are held against an entry, 0–1.
const CONTEXT_LENGTH_PENALTY: f64 = 0.4;
const CONTENT_LENGTH_PENALTY: f64 = 0.75;

/// What the whole of the indexed entries is like.
#[derive(Clone, Debug, Default)]
pub(crate) struct Corpus {
    /// How many entries there are.
    pub(crate) entries: u64,
    /// How many words all their contexts have together.
    pub(crate) context_length: u64,
    /// How many words all their contents have together.
    pub(crate) content_length: u64,
    /// In how many entries each term of the queries stands.
    pub(crate) document_frequencies: HashMap<String, u64>,
}

/// An entry that may answer, as the index keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The entry.
    pub(crate) id: String,
    /// How far its scope is from the one that was asked for: 0 is that scope itself.
    pub(crate) distance: u32,
    /// Its terms, see [`profile::Profile`].
    pub(crate) terms: String,
    /// Their frequencies.
    pub(crate) frequencies: String,
    /// The number of words in the context.
    pub(crate) context_length: u32,
    /// The number of words in the content.
    pub(crate) content_length: u32,
}

/// An entry with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ranked {
    /// The entry.
    pub(crate) id: String,
    /// How far its scope is.
    pub(crate) distance: u32,
    /// The best score that any of the queries gives it.
    pub(crate) score: f64,
}

/// Ranks the candidates, best first; those that no query matches are left out.
///
/// Equal scores are ordered by the nearer scope, then by id, so the order is total.
pub(crate) fn rank(queries: &[Query], corpus: &Corpus, candidates: &[&Candidate]) -> Vec<Ranked> {
    let weights = weights(queries, corpus);
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .filter_map(|candidate| {
            let found = found(candidate, corpus, &weights);
            let score = queries
                .iter()
                .map(|query| score(query, &found))
                .fold(0.0, f64::max);
            (score > 0.0).then(|| Ranked {
                id: candidate.id.clone(),
                distance: candidate.distance,
                score,
            })
        })
        .collect();
    ranked.sort_unstable_by(order);
    ranked
}

/// The order of the answer.
pub(crate) fn order(a: &Ranked, b: &Ranked) -> Ordering {
    b.score
        .total_cmp(&a.score)
        .then_with(|| a.distance.cmp(&b.distance))
        .then_with(|| a.id.cmp(&b.id))
}

/// How much each term of the queries tells: rare terms more. In the order of the terms' bytes.
fn weights<'a>(queries: &'a [Query], corpus: &Corpus) -> BTreeMap<&'a str, f64> {
    let weight = |term: &str| {
        let with = corpus
            .document_frequencies
            .get(term)
            .copied()
            .unwrap_or(0)
            .min(corpus.entries);
        let without = real(corpus.entries - with);
        (1.0 + (without + 0.5) / (real(with) + 0.5)).ln()
    };
    queries
        .iter()
        .flat_map(Query::terms)
        .map(|term| (term, weight(term)))
        .collect()
}

/// What each term of the queries contributes in this candidate.
fn found<'q>(
    candidate: &Candidate,
    corpus: &Corpus,
    weights: &BTreeMap<&'q str, f64>,
) -> HashMap<&'q str, f64> {
    let length = Lengths::of(candidate, corpus);
    let mut found = HashMap::with_capacity(weights.len());
    let mut wanted = weights.iter().peekable();
    // Both sides are sorted by bytes: one walk finds all.
    for (term, frequency) in profile::read(&candidate.terms, &candidate.frequencies) {
        while wanted.next_if(|(name, _)| **name < term).is_some() {}
        match wanted.peek() {
            None => break,
            Some((name, weight)) if **name == term => {
                found.insert(**name, **weight * length.saturated(frequency));
            }
            Some(_) => {}
        }
    }
    found
}

/// How long a candidate is beside the average, as divisors.
struct Lengths {
    context: f64,
    content: f64,
}

impl Lengths {
    fn of(candidate: &Candidate, corpus: &Corpus) -> Self {
        let divisor = |own: u32, all: u64, penalty: f64| match all {
            0 => 1.0,
            all => 1.0 - penalty + penalty * f64::from(own) * real(corpus.entries) / real(all),
        };
        Self {
            context: divisor(
                candidate.context_length,
                corpus.context_length,
                CONTEXT_LENGTH_PENALTY,
            ),
            content: divisor(
                candidate.content_length,
                corpus.content_length,
                CONTENT_LENGTH_PENALTY,
            ),
        }
    }

    fn saturated(&self, frequency: Frequency) -> f64 {
        let context = CONTEXT_WEIGHT * f64::from(frequency.context) / self.context;
        let content = f64::from(frequency.content) / self.content;
        let both = context + content;
        both / (SATURATION + both)
    }
}

fn score(query: &Query, found: &HashMap<&str, f64>) -> f64 {
    query
        .keywords
        .iter()
        .map(|keyword| keyword_score(keyword, found))
        .sum()
}

/// A keyword counts as the better of its whole forms and its parts together.
fn keyword_score(keyword: &Keyword, found: &HashMap<&str, f64>) -> f64 {
    let of = |term: &String| found.get(term.as_str()).copied().unwrap_or(0.0);
    let whole = keyword.wholes.iter().map(of).fold(0.0, f64::max);
    let parts: f64 = keyword.parts.iter().map(of).sum();
    whole.max(parts)
}

/// Counts stay far below 2⁵³, where this is exact.
#[allow(
    clippy::cast_precision_loss,
    reason = "exact below 2^53 entries or words"
)]
const fn real(count: u64) -> f64 {
    count as f64
}
