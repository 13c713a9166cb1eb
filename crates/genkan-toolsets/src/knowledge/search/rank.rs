//! The ranking: BM25F over context and content, the same on both databases, since they only
//! deliver candidates.
//!
//! Statistics come in as integers and are combined in one fixed order, so the same numbers give the
//! same bits. BM25F after Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009).

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use super::{
    places::Places,
    profile::{self, Frequency},
    query::{Form, Keyword, Kind, Query},
};

/// How fast further occurrences of a term lose weight.
const SATURATION: f64 = 1.2;
/// What a keyword of the author counts beside a word of the content.
const CONTEXT_WEIGHT: f64 = 3.0;
/// How much long contexts and contents are held against an entry, 0–1.
const CONTEXT_LENGTH_PENALTY: f64 = 0.4;
const CONTENT_LENGTH_PENALTY: f64 = 0.75;
/// What a synonym counts beside the word as it is written.
const SYNONYM_WEIGHT: f64 = 0.8;
/// What it counts that neighbouring keywords of a query stand together in an entry.
const NEARNESS: f64 = 0.5;
/// What the queries count that do not give an entry its best score.
const OTHERS: f64 = 0.7;

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

impl Corpus {
    /// In how many entries a form can stand at most: that of its rarest term.
    pub(crate) fn entries_with(&self, form: &Form) -> u64 {
        let entries = |term: &String| self.document_frequencies.get(term).copied().unwrap_or(0);
        form.terms.iter().map(entries).min().unwrap_or(0)
    }
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
    /// The score that the queries give it together, see [`Ranking::rank`].
    pub(crate) score: f64,
}

/// The queries of a request, weighed by what is known of all entries; it ranks any candidates.
pub(crate) struct Ranking<'q> {
    corpus: &'q Corpus,
    /// Every term of the queries once, in the order of their bytes.
    terms: Vec<&'q str>,
    queries: Vec<WeighedQuery>,
}

struct WeighedQuery {
    keywords: Vec<Weighed>,
    /// The root of what a perfect entry would have: without it the longest query would outweigh the
    /// others, with the whole of it a single common word would count as much as five rare ones.
    divisor: f64,
}

/// A keyword with the weight of each of its forms.
struct Weighed {
    forms: Vec<WeighedForm>,
    /// What it tells if an entry holds it; nothing if no entry does.
    most: f64,
}

struct WeighedForm {
    /// Whether any of the terms will do, and they add up; else all must be there.
    adds_up: bool,
    /// Places in the list of terms, each with what it tells.
    terms: Vec<(usize, f64)>,
}

impl<'q> Ranking<'q> {
    /// Weighs the queries.
    pub(crate) fn new(queries: &'q [Query], corpus: &'q Corpus) -> Self {
        let terms: BTreeSet<&str> = queries.iter().flat_map(Query::terms).collect();
        let terms: Vec<&str> = terms.into_iter().collect();
        let weigh = |query: &Query| {
            let keywords = query.keywords.iter();
            let keywords: Vec<Weighed> = keywords
                .map(|keyword| weighed(keyword, corpus, &terms))
                .collect();
            let most: f64 = keywords.iter().map(|keyword| keyword.most).sum();
            let divisor = if most > 0.0 { most.sqrt() } else { 1.0 };
            WeighedQuery { keywords, divisor }
        };
        let queries = queries.iter().map(weigh).collect();
        Self {
            corpus,
            terms,
            queries,
        }
    }

    /// Ranks the candidates, best first; those that no query matches are left out.
    ///
    /// Equal scores are ordered by the nearer scope, then by id, so the order is total.
    pub(crate) fn rank<'c>(
        &self,
        candidates: impl IntoIterator<Item = &'c Candidate>,
    ) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = candidates
            .into_iter()
            .filter_map(|candidate| {
                let score = united(self.scores(candidate));
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

    /// The score of an entry of which the text is known too: words that stand together count more.
    pub(crate) fn score_with_text(&self, candidate: &Candidate, fields: [&str; 2]) -> f64 {
        let places = Places::of(&self.terms, fields);
        let nearness = self.queries.iter().map(|query| {
            let pairs = query.keywords.windows(2);
            let sum: f64 = pairs
                .map(|pair| pair_nearness(&pair[0], &pair[1], &places))
                .sum();
            sum / query.divisor
        });
        let scores = self.scores(candidate);
        united(
            scores
                .zip(nearness)
                .map(|(score, nearness)| score + NEARNESS * nearness),
        )
    }

    /// For each query, which of its keywords the candidate holds in any form.
    pub(crate) fn held(&self, candidate: &Candidate) -> Vec<Vec<bool>> {
        let found = self.found(candidate);
        let held = |query: &WeighedQuery| {
            let keywords = query.keywords.iter();
            keywords
                .map(|keyword| keyword.score(&found) > 0.0)
                .collect()
        };
        self.queries.iter().map(held).collect()
    }

    /// What each query gives the candidate.
    fn scores(&self, candidate: &Candidate) -> impl Iterator<Item = f64> {
        let found = self.found(candidate);
        self.queries.iter().map(move |query| {
            let keywords = query.keywords.iter();
            let sum: f64 = keywords.map(|keyword| keyword.score(&found)).sum();
            sum / query.divisor
        })
    }

    /// How much of each term stands in this candidate, 0–1.
    fn found(&self, candidate: &Candidate) -> Vec<f64> {
        let length = Lengths::of(candidate, self.corpus);
        let mut found = vec![0.0; self.terms.len()];
        let mut wanted = self.terms.iter().enumerate().peekable();
        // Both sides are sorted by bytes: one walk finds all.
        for (term, frequency) in profile::read(&candidate.terms, &candidate.frequencies) {
            while wanted.next_if(|(_, name)| **name < term).is_some() {}
            match wanted.peek() {
                None => break,
                Some((place, name)) if **name == term => {
                    found[*place] = length.saturated(frequency.read());
                }
                Some(_) => {}
            }
        }
        found
    }
}

/// The order of the answer.
pub(crate) fn order(a: &Ranked, b: &Ranked) -> Ordering {
    b.score
        .total_cmp(&a.score)
        .then_with(|| a.distance.cmp(&b.distance))
        .then_with(|| a.id.cmp(&b.id))
}

/// One score from those that the queries give: the best, and a part of the others.
fn united(scores: impl Iterator<Item = f64>) -> f64 {
    let (mut best, mut sum) = (0.0, 0.0);
    for score in scores {
        best = f64::max(best, score);
        sum += score;
    }
    best + OTHERS * (sum - best)
}

fn weighed(keyword: &Keyword, corpus: &Corpus, terms: &[&str]) -> Weighed {
    let frequency = |term: &str| {
        let known = corpus.document_frequencies.get(term);
        known.copied().unwrap_or(0).min(corpus.entries)
    };
    let written = keyword
        .forms
        .first()
        .map_or(0, |form| corpus.entries_with(form));
    let form = |form: &Form| {
        let adds_up = form.kind == Kind::Parts;
        let weigh = |term: &String| {
            let place = terms.binary_search(&term.as_str()).ok()?;
            // What only means the same is never rarer than what was asked for.
            let with = match form.kind {
                Kind::Parts | Kind::Whole => frequency(term),
                _ => frequency(term).max(written.min(corpus.entries)),
            };
            Some((place, factor(form.kind) * rarity(with, corpus.entries)))
        };
        WeighedForm {
            adds_up,
            terms: form.terms.iter().filter_map(weigh).collect(),
        }
    };
    let standing = keyword
        .forms
        .iter()
        .filter(|form| corpus.entries_with(form) > 0);
    let most = standing
        .flat_map(|standing| form(standing).terms)
        .map(|(_, weight)| weight)
        .fold(0.0, f64::max);
    Weighed {
        forms: keyword.forms.iter().map(form).collect(),
        most,
    }
}

/// How much a term tells that stands in so many entries: rare ones more.
fn rarity(with: u64, entries: u64) -> f64 {
    let without = real(entries - with);
    (1.0 + (without + 0.5) / (real(with) + 0.5)).ln()
}

/// How much a form counts beside the word as it is written.
const fn factor(kind: Kind) -> f64 {
    match kind {
        Kind::Whole | Kind::Spelling | Kind::Joined | Kind::Parts => 1.0,
        Kind::Synonym => SYNONYM_WEIGHT,
    }
}

impl Weighed {
    /// A keyword counts as the best of its forms.
    fn score(&self, found: &[f64]) -> f64 {
        let of = |form: &WeighedForm| {
            let each = form
                .terms
                .iter()
                .map(|(place, weight)| weight * found[*place]);
            if form.adds_up {
                each.sum()
            } else if form.terms.iter().any(|(place, _)| found[*place] <= 0.0) {
                0.0
            } else {
                each.fold(0.0, f64::max)
            }
        };
        self.forms.iter().map(of).fold(0.0, f64::max)
    }
}

/// How near two neighbouring keywords stand in a text, times what the lesser of them tells.
fn pair_nearness(one: &Weighed, other: &Weighed, places: &Places) -> f64 {
    let mut best = 0.0;
    for (a, weight_a) in one.forms.iter().flat_map(|form| &form.terms) {
        for (b, weight_b) in other.forms.iter().flat_map(|form| &form.terms) {
            best = f64::max(best, weight_a.min(*weight_b) * places.nearness(*a, *b));
        }
    }
    best
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

/// Counts stay far below 2⁵³, where this is exact.
#[allow(
    clippy::cast_precision_loss,
    reason = "exact below 2^53 entries or words"
)]
const fn real(count: u64) -> f64 {
    count as f64
}
