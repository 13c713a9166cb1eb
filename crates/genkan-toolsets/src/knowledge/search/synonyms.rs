//! Words that mean the same: a table of the house, and what a tenant adds to it or switches off.
//!
//! Words are compared by their key: their terms, separated by spaces. So `certs` is found where the
//! table says `cert`, and `end-to-end` where it says `end to end`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use super::{term::Terms, words::each_word};

/// The most words of one synonym.
pub(crate) const WORDS: usize = 4;

/// The table of the house, read once: for each key the texts of its groups.
static HOUSE: LazyLock<HashMap<String, Vec<&'static str>>> =
    LazyLock::new(|| read(include_str!("synonyms.txt")));

/// What a tenant says of two words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The key of the word that is asked for.
    pub(crate) key: String,
    /// The word that means the same.
    pub(crate) synonym: String,
    /// Whether it does; else a pair of the house is switched off.
    pub(crate) active: bool,
}

/// The synonyms as one tenant has them, as far as a request needs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Synonyms {
    tenant: BTreeMap<String, Vec<Pair>>,
    /// The house's table is not asked.
    own_only: bool,
}

impl Synonyms {
    /// The table of the house, changed by what a tenant says.
    pub(crate) fn new(pairs: Vec<Pair>) -> Self {
        let mut tenant: BTreeMap<String, Vec<Pair>> = BTreeMap::new();
        for pair in pairs {
            tenant.entry(pair.key.clone()).or_default().push(pair);
        }
        Self {
            tenant,
            own_only: false,
        }
    }

    /// No synonyms at all.
    pub(crate) fn none() -> Self {
        Self {
            own_only: true,
            ..Self::default()
        }
    }

    /// What means the same as the word with this key, in a fixed order.
    pub(super) fn of<'a>(&'a self, key: &str, terms: &Terms) -> BTreeSet<&'a str> {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        if !self.own_only {
            for synonym in house(key) {
                found.insert(*synonym);
            }
        }
        for pair in self.tenant.get(key).into_iter().flatten() {
            if pair.active {
                found.insert(&pair.synonym);
            } else {
                let off = key_of(&pair.synonym, terms);
                found.retain(|synonym| key_of(synonym, terms) != off);
            }
        }
        found
    }
}

/// What the house says means the same as the word with this key.
pub(crate) fn house(key: &str) -> &'static [&'static str] {
    HOUSE.get(key).map_or(&[], Vec::as_slice)
}

/// The key of a word or of several.
pub(crate) fn key(text: &str) -> String {
    key_of(text, &Terms::new())
}

/// The words as they are shown: in lower case, without accents, separated by single spaces.
pub(crate) fn shown(text: &str) -> String {
    split(text).join(" ")
}

fn key_of(text: &str, terms: &Terms) -> String {
    split(text)
        .iter()
        .map(|word| terms.of(word))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The words of a text, those written together apart.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, &mut |word| match word.parts {
        [] => words.push(word.whole.to_owned()),
        parts => words.extend(parts.iter().cloned()),
    });
    words
}

fn read(table: &'static str) -> HashMap<String, Vec<&'static str>> {
    let terms = Terms::new();
    let mut found: HashMap<String, Vec<&str>> = HashMap::new();
    let groups = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    for group in groups {
        let words: Vec<&str> = group.split(", ").collect();
        for word in &words {
            let others = words.iter().filter(|other| *other != word).copied();
            found
                .entry(key_of(word, &terms))
                .or_default()
                .extend(others);
        }
    }
    found
}
