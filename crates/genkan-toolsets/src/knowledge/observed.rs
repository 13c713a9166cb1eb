//! What is noted of a search, so that a team can see what it asks for and does not find.

use std::collections::HashMap;

use genkan_core::CallContext;
use genkan_store::knowledge::{Search, SearchedWord};
use serde::{Deserialize, Serialize};

use super::search::{
    Query,
    rank::{Candidate, Ranking},
};

/// What was asked and what of it was found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Observed {
    queries: String,
    words: Vec<SearchedWord>,
    found: Vec<String>,
    suggestions: Vec<(String, String)>,
}

impl Observed {
    /// Looks at the entries that are returned, best first.
    pub(crate) fn of(queries: &[Query], ranking: &Ranking<'_>, best: &[&Candidate]) -> Self {
        let mut observed = Self {
            queries: text(queries),
            found: best.iter().map(|candidate| candidate.id.clone()).collect(),
            ..Self::default()
        };
        let mut words: HashMap<&str, bool> = HashMap::new();
        for (query, places) in queries.iter().zip(first_places(queries, ranking, best)) {
            let keywords = query
                .keywords
                .iter()
                .map(|keyword| keyword.forms[0].text.as_str());
            let first = places.iter().flatten().min().map(|place| &best[*place].id);
            for (word, place) in keywords.zip(&places) {
                *words.entry(word).or_default() |= place.is_some();
                if let (None, Some(entry)) = (place, first) {
                    observed.suggestions.push((entry.clone(), word.to_owned()));
                }
            }
        }
        let word = |(word, is_found): (&str, bool)| SearchedWord {
            word: word.to_owned(),
            is_found,
        };
        observed.words = words.into_iter().map(word).collect();
        observed
    }

    /// Notes what was found in another way than by its words.
    pub(crate) fn also_found<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        for id in ids {
            if !self.found.iter().any(|known| known == id) {
                self.found.push(id.to_owned());
            }
        }
    }

    /// The search as the store notes it.
    pub(crate) fn search(
        self,
        ctx: &CallContext,
        scope: String,
        begun: std::time::Instant,
    ) -> Search {
        Search {
            principal: ctx.principal.id.clone(),
            scope,
            at: ctx.clock.now(),
            took: ctx.clock.monotonic().saturating_duration_since(begun),
            queries: self.queries,
            words: self.words,
            found: self.found,
            suggestions: self.suggestions,
        }
    }
}

/// For each query and each of its keywords, the place of the first entry that holds it.
fn first_places(
    queries: &[Query],
    ranking: &Ranking<'_>,
    best: &[&Candidate],
) -> Vec<Vec<Option<usize>>> {
    let nowhere = |query: &Query| vec![None; query.keywords.len()];
    let mut first: Vec<Vec<Option<usize>>> = queries.iter().map(nowhere).collect();
    for (place, candidate) in best.iter().enumerate() {
        if first.iter().flatten().all(Option::is_some) {
            break;
        }
        for (first, held) in first.iter_mut().zip(ranking.held(candidate)) {
            for (first, is_held) in first.iter_mut().zip(held) {
                if is_held {
                    first.get_or_insert(place);
                }
            }
        }
    }
    first
}

/// The queries in one line.
fn text(queries: &[Query]) -> String {
    let words = |query: &Query| {
        let words = query
            .keywords
            .iter()
            .map(|keyword| keyword.forms[0].text.as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    queries.iter().map(words).collect::<Vec<_>>().join(", ")
}
