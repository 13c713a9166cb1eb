//! The knowledge of a company that does not exist: a thousand scopes that inherit from each other,
//! and any number of entries whose words are as frequent as Zipf's law says. Everything follows
//! from numbers, so it is the same in every run.

use std::fmt::Write as _;

/// How many namespaces there are.
pub(super) const NAMESPACES: usize = 20;
/// How many scopes there are, besides the defaults.
pub(super) const SCOPES: usize = 1_000;
/// How many different words there are. The first stands in nearly every entry.
const WORDS: u64 = 20_000;
/// Words up to this rank stand in more than a tenth of all entries each.
const COMMON: u64 = 30;

/// The name of a namespace.
pub(super) fn namespace(number: usize) -> String {
    format!("team-{number:02}")
}

/// The complete name of a scope.
pub(super) fn scope(number: usize) -> String {
    format!("{}:area-{number:03}", namespace(number % NAMESPACES))
}

/// The scope that a scope inherits from: those of a namespace are a tree of two branches each.
pub(super) fn parent(number: usize) -> Option<String> {
    let place = number / NAMESPACES;
    let above = place.checked_sub(1)? / 2;
    Some(scope(above * NAMESPACES + number % NAMESPACES))
}

/// Where an entry belongs: one in a hundred to all, four in a hundred to a namespace.
pub(super) fn home(entry: usize) -> String {
    match entry % 100 {
        0 => "global:default".to_owned(),
        1..=4 => format!("{}:default", namespace(entry / 100 % NAMESPACES)),
        _ => scope(drawn(entry, 0, SCOPES)),
    }
}

/// An entry as an import takes it.
pub(super) fn entry(number: usize) -> serde_json::Value {
    let mut content = format!("Note {number}.");
    for place in 0..20 + drawn(number, 1, 60) {
        let _ = write!(content, " {}", word(rank(number, 100 + place)));
    }
    let context: Vec<String> = (0..4).map(|place| word(telling(number, place))).collect();
    serde_json::json!({
        "key": number.to_string(), "context": context.join(" "), "content": content,
    })
}

/// What an assistant asks before its task: queries of four words each, three of which stand
/// together in some entry, and one is common. Of every two queries one is about an entry of the
/// scope. `most` is the number of entries that there are.
pub(super) fn search(number: usize, queries: usize, most: usize) -> serde_json::Value {
    let scope = scope(drawn(number, 9, SCOPES));
    let about = |place: usize| {
        let begin = drawn(number, 10 + place, most);
        let mut from_there = (begin..most).chain(0..begin);
        let near = from_there.find(|entry| place % 2 == 1 || home(*entry) == scope);
        near.unwrap_or(begin)
    };
    let query = |place: usize| {
        let about = about(place);
        let common = 1 + number.wrapping_add(place) as u64 % COMMON;
        format!(
            "{} {} {} {}",
            word(telling(about, 0)),
            word(common),
            word(telling(about, 1)),
            word(rank(about, 100)),
        )
    };
    let queries: Vec<String> = (0..queries).map(query).collect();
    serde_json::json!({ "scope": scope, "queries": queries })
}

/// The rank of a word that its author chose as a keyword: not one of those that stand everywhere.
fn telling(entry: usize, place: usize) -> u64 {
    COMMON + rank(entry, place)
}

/// A rank after Zipf: each is drawn in inverse proportion to itself.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ranks are small and positive"
)]
fn rank(entry: usize, place: usize) -> u64 {
    let share = mixed(entry, place) as f64 / u64::MAX as f64;
    ((WORDS as f64).powf(share) as u64).clamp(1, WORDS)
}

/// The word of a rank: syllables, so that stemming leaves different words different.
fn word(rank: u64) -> String {
    const ONSETS: [&str; 16] = [
        "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "t", "v", "w", "br", "st",
    ];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    // Neighbouring ranks begin differently, as words of one frequency do.
    let mut left = rank.wrapping_mul(7_919) % 6_553_600 + 80;
    let mut word = String::new();
    while left > 0 {
        let (syllable, rest) = (left % 80, left / 80);
        left = rest;
        let place = |number: u64| usize::try_from(number).unwrap_or(0);
        word.push_str(ONSETS[place(syllable / 5)]);
        word.push_str(VOWELS[place(syllable % 5)]);
    }
    word.push('m');
    word
}

/// A number below the bound.
fn drawn(entry: usize, place: usize, bound: usize) -> usize {
    usize::try_from(mixed(entry, place) % bound.max(1) as u64).unwrap_or(0)
}

/// Bits that follow from both numbers (SplitMix64).
fn mixed(entry: usize, place: usize) -> u64 {
    let state = (((entry as u64) << 10) | place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn words_follow_zipf_and_queries_have_a_common_one() {
        assert_eq!(entry(7), entry(7));
        let words: HashSet<String> = (1..=WORDS + COMMON).map(word).collect();
        assert_eq!(words.len() as u64, WORDS + COMMON, "each rank has its own");
        let mut entries_with: HashMap<String, usize> = HashMap::new();
        for number in 0..2_000 {
            let entry = entry(number);
            let text = entry["content"].as_str().unwrap();
            for word in text.split(' ').collect::<HashSet<_>>() {
                *entries_with.entry(word.to_owned()).or_default() += 1;
            }
        }
        for rank in [1, 5, COMMON] {
            assert!(entries_with[&word(rank)] > 200, "{rank}");
        }
        let first = entries_with[&word(1)];
        assert!(
            first > 2 * entries_with[&word(10)],
            "the first is the most frequent"
        );
        let search = search(3, 15, 2_000);
        let queries = search["queries"].as_array().unwrap();
        let common: Vec<String> = (1..=COMMON).map(word).collect();
        assert_eq!(queries.len(), 15);
        for query in queries {
            let words: Vec<&str> = query.as_str().unwrap().split(' ').collect();
            assert_eq!(words.len(), 4);
            assert!(words.iter().any(|word| common.iter().any(|c| c == word)));
        }
    }

    #[test]
    fn scopes_are_trees_and_every_entry_has_a_home() {
        let scopes: HashSet<String> = (0..SCOPES).map(scope).collect();
        assert_eq!(scopes.len(), SCOPES);
        for number in 0..SCOPES {
            assert!(parent(number).is_none_or(|parent| scopes.contains(&parent)));
            assert_ne!(parent(number), Some(scope(number)));
        }
        let homes: HashSet<String> = (0..20_000).map(home).collect();
        assert_eq!(homes.len(), SCOPES + NAMESPACES + 1);
    }
}
