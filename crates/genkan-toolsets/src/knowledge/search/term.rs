//! The term of a word: what is indexed, counted and looked up.
//!
//! English words are reduced to their stem (Porter2, the Snowball project); all other words are
//! their own term. A term holds word characters alone, so that both databases keep it whole.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

/// Turns words into terms.
pub(super) struct Terms(Stemmer);

impl Terms {
    /// The one way in which words become terms; a change of it needs all entries indexed anew.
    pub(super) fn new() -> Self {
        Self(Stemmer::create(Algorithm::English))
    }

    /// The term of a word that [`super::words::each_word`] passed on.
    pub(super) fn of<'a>(&self, word: &'a str) -> Cow<'a, str> {
        if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return Cow::Borrowed(word);
        }
        self.0.stem(word)
    }
}
