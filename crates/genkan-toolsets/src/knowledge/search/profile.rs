//! The profile of an entry: how often each term stands in its context and in its content.
//!
//! It is made once, when the entry is written, and kept beside it as two short texts, so that
//! ranking reads no content. Profiles are bounded: a text of a megabyte is searchable by its first
//! [`TERMS`] distinct words, which is a long book's vocabulary.

use std::{
    collections::{BTreeMap, HashMap},
    iter,
};

use super::{term::Terms, words::each_word};

/// The most distinct words of one entry that are indexed.
pub(crate) const TERMS: usize = 20_000;
/// The most bytes of distinct words of one entry that are indexed (PostgreSQL `tsvector` holds 1 MB).
const TERM_BYTES: usize = 512 * 1024;

/// How often a term stands in each field of an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frequency {
    /// In the context: the author's keywords.
    pub(crate) context: u32,
    /// In the content.
    pub(crate) content: u32,
}

/// What the index keeps of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    /// The distinct terms in the order of their bytes, separated by spaces.
    pub(crate) terms: String,
    /// For each term `content` or `context:content`, separated by spaces.
    pub(crate) frequencies: String,
    /// The number of words in the context.
    pub(crate) context_length: u32,
    /// The number of words in the content.
    pub(crate) content_length: u32,
}

impl Profile {
    /// The profile of an entry with this context and content.
    pub(crate) fn of(context: &str, content: &str) -> Self {
        let mut count = Count::default();
        let context_length = count.field(context, |frequency| &mut frequency.context);
        let content_length = count.field(content, |frequency| &mut frequency.content);
        let (terms, frequencies) = count.written();
        Self {
            terms,
            frequencies,
            context_length,
            content_length,
        }
    }
}

/// Reads back what [`Profile::of`] wrote: the terms in the order of their bytes, each with its
/// frequency, as it is written until somebody asks for it.
pub(crate) fn read<'a>(
    terms: &'a str,
    frequencies: &'a str,
) -> impl Iterator<Item = (&'a str, Written<'a>)> {
    let frequencies = words(frequencies).map(Written);
    words(terms)
        .zip(frequencies)
        .filter(|(term, _)| !term.is_empty())
}

/// What is between spaces. Ranking does this a hundred times for each search, over short words, for
/// which looking at each byte is the quickest.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == b' ');
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// A frequency as the index keeps it.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a>(&'a str);

impl Written<'_> {
    /// The frequency.
    pub(crate) fn read(self) -> Frequency {
        let (context, content) = self.0.split_once(':').unwrap_or(("0", self.0));
        Frequency {
            context: context.parse().unwrap_or(0),
            content: content.parse().unwrap_or(0),
        }
    }
}

/// Counts words; they become terms at the end, so that each distinct word is stemmed once.
#[derive(Default)]
struct Count {
    words: HashMap<String, Frequency>,
    bytes: usize,
}

impl Count {
    /// Counts the words of one field and returns how many there were.
    fn field(&mut self, text: &str, slot: fn(&mut Frequency) -> &mut u32) -> u32 {
        let mut length = 0_u32;
        each_word(text, &mut |word| {
            for word in iter::once(word.whole).chain(word.parts.iter().map(String::as_str)) {
                length = length.saturating_add(1);
                self.word(word, slot);
            }
        });
        length
    }

    fn word(&mut self, word: &str, slot: fn(&mut Frequency) -> &mut u32) {
        if let Some(frequency) = self.words.get_mut(word) {
            let count = slot(frequency);
            *count = count.saturating_add(1);
        } else if self.words.len() < TERMS && self.bytes + word.len() <= TERM_BYTES {
            self.bytes += word.len();
            *slot(self.words.entry(word.to_owned()).or_default()) = 1;
        }
    }

    fn written(self) -> (String, String) {
        let terms = Terms::new();
        let mut sorted: BTreeMap<String, Frequency> = BTreeMap::new();
        for (word, frequency) in self.words {
            let sum = sorted.entry(terms.of(&word).into_owned()).or_default();
            sum.context = sum.context.saturating_add(frequency.context);
            sum.content = sum.content.saturating_add(frequency.content);
        }
        let names: Vec<&str> = sorted.keys().map(String::as_str).collect();
        let counts: Vec<String> = sorted.values().map(written_frequency).collect();
        (names.join(" "), counts.join(" "))
    }
}

fn written_frequency(frequency: &Frequency) -> String {
    match frequency.context {
        0 => frequency.content.to_string(),
        context => format!("{context}:{}", frequency.content),
    }
}
