//! Where the terms of a request stand in a text, and how near to each other.

use super::{term::Terms, words::each_word};

/// The most characters of a field that are looked at.
const CHARACTERS: usize = 8_000;
/// The most places of one term that are kept.
const KEPT: usize = 16;
/// Words farther apart than this have nothing to do with each other.
const FAR: usize = 6;
/// What it counts that two words stand side by side, but the other way round.
const TURNED: f64 = 0.7;

/// The places of each term of a request, the first ones.
pub(super) struct Places(Vec<Vec<usize>>);

impl Places {
    /// Looks for these terms, which are sorted by bytes.
    pub(super) fn of(terms: &[&str], fields: [&str; 2]) -> Self {
        let mut places = vec![Vec::new(); terms.len()];
        let stems = Terms::new();
        let begins = Beginnings::of(terms);
        let mut base = 0;
        for field in fields {
            let mut place = base;
            let mut note = |word: &str, place: usize| {
                if begins.has(word)
                    && let Ok(found) = terms.binary_search(&&*stems.of(word))
                    && places[found].len() < KEPT
                {
                    places[found].push(place);
                }
            };
            each_word(beginning(field), &mut |word| {
                note(word.whole, place);
                for (step, part) in word.parts.iter().enumerate() {
                    note(part, place + step);
                }
                place += word.parts.len().max(1);
            });
            base = place + FAR + 1;
        }
        Self(places)
    }

    /// How near two terms stand, 0–1: 1 for one right after the other, as they are asked for.
    pub(super) fn nearness(&self, one: usize, other: usize) -> f64 {
        let mut best = 0.0;
        for a in &self.0[one] {
            for b in &self.0[other] {
                let nearness = match a.abs_diff(*b) {
                    1 if a < b => 1.0,
                    1 => TURNED,
                    apart if (2..=FAR).contains(&apart) => {
                        TURNED / f64::from(u32::try_from(apart).unwrap_or(u32::MAX))
                    }
                    _ => 0.0,
                };
                best = f64::max(best, nearness);
            }
        }
        best
    }
}

/// How terms begin: no word is a term's word if they begin differently, and most words do. To look
/// is much quicker than to stem.
struct Beginnings([u32; 256]);

impl Beginnings {
    fn of(terms: &[&str]) -> Self {
        let mut beginnings = [0; 256];
        for term in terms {
            let (first, second) = Self::places(term);
            beginnings[first] |= second;
        }
        Self(beginnings)
    }

    /// Whether a term may begin like this word.
    fn has(&self, word: &str) -> bool {
        let (first, second) = Self::places(word);
        self.0[first] & second != 0
    }

    /// The first byte, and a bit for the second; all of them where there is none. Stems have the first
    /// two letters of their words, but for `i` and `y` (`dying` and `die`), or the first alone.
    fn places(word: &str) -> (usize, u32) {
        let second = match word.as_bytes().get(1) {
            None => u32::MAX,
            Some(b'y') => 1 << (b'i' & 31),
            Some(other) => 1 << (other & 31),
        };
        let first = word.as_bytes().first().copied().unwrap_or(0);
        (usize::from(first), second)
    }
}

/// The beginning of a text that is looked at.
fn beginning(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(CHARACTERS)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}
