//! Searches of one tenant summed up, each sum once and in the order of its key.

use std::{cmp::Reverse, collections::BTreeMap};

use genkan_core::{Error, Result};
use serde::Serialize;

use super::{Search, day};

/// How many of the slowest searches of a day are kept.
pub(super) const SLOWEST: usize = 20;
/// How long a kept word is at most, in characters, and the text of all queries in bytes.
const WORD: usize = 64;
const QUERIES: usize = 1_000;

/// What a batch adds to the tables. Numbers are in the order of the columns.
#[derive(Default)]
pub(super) struct Sums {
    /// Day and scope: searches, those that found nothing, the time of all, the longest.
    pub(super) days: BTreeMap<(i64, String), [i64; 4]>,
    /// Day, scope and word: searches, those that missed it.
    pub(super) words: BTreeMap<(i64, String, String), [i64; 2]>,
    /// Day, scope and queries: searches, the longest time.
    pub(super) slow: BTreeMap<(i64, String, String), [i64; 2]>,
    /// Entry and word: searches, the last day.
    pub(super) suggestions: BTreeMap<(String, String), [i64; 2]>,
    /// Entry: how often it was found, the last day.
    pub(super) entries: BTreeMap<(String,), [i64; 2]>,
}

impl Sums {
    pub(super) fn of<'s>(searches: impl Iterator<Item = &'s Search>) -> Self {
        let mut sums = Self::default();
        for search in searches {
            sums.add(search);
        }
        sums.keep_slowest();
        sums
    }

    fn add(&mut self, search: &Search) {
        let today = day(search.at);
        let took = i64::try_from(search.took.as_micros()).unwrap_or(i64::MAX);
        let scope = || search.scope.clone();
        let sum = self.days.entry((today, scope())).or_default();
        sum[0] += 1;
        sum[1] += i64::from(search.found.is_empty());
        sum[2] = sum[2].saturating_add(took);
        sum[3] = sum[3].max(took);
        for one in &search.words {
            let key = (today, scope(), cut(&one.word).to_owned());
            let sum = self.words.entry(key).or_default();
            sum[0] += 1;
            sum[1] += i64::from(!one.is_found);
        }
        if !search.queries.is_empty() {
            let end = search.queries.floor_char_boundary(QUERIES);
            let key = (today, scope(), search.queries[..end].to_owned());
            let sum = self.slow.entry(key).or_default();
            sum[0] += 1;
            sum[1] = sum[1].max(took);
        }
        for (entry, word) in &search.suggestions {
            let key = (entry.clone(), cut(word).to_owned());
            let sum = self.suggestions.entry(key).or_default();
            *sum = [sum[0] + 1, sum[1].max(today)];
        }
        for entry in &search.found {
            let sum = self.entries.entry((entry.clone(),)).or_default();
            *sum = [sum[0] + 1, sum[1].max(today)];
        }
    }

    /// More than are kept of a day need not be written.
    fn keep_slowest(&mut self) {
        let mut slow: Vec<_> = std::mem::take(&mut self.slow).into_iter().collect();
        slow.sort_by_key(|((day, ..), sum)| (*day, Reverse(sum[1])));
        let mut of_day = (0, 0);
        slow.retain(|((day, ..), _)| {
            of_day = if of_day.0 == *day {
                (*day, of_day.1 + 1)
            } else {
                (*day, 1)
            };
            of_day.1 <= SLOWEST
        });
        self.slow = slow.into_iter().collect();
    }
}

/// The sums as a JSON array of arrays `[key, numbers]`.
pub(super) fn rows<K: Serialize, N: Serialize>(sums: &BTreeMap<K, N>) -> Result<String> {
    let rows: Vec<(&K, &N)> = sums.iter().collect();
    serde_json::to_string(&rows).map_err(Error::internal)
}

fn cut(word: &str) -> &str {
    word.char_indices()
        .nth(WORD)
        .map_or(word, |(end, _)| &word[..end])
}
