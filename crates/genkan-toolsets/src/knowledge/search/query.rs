//! A query as the index understands it. Nothing in it is syntax: operators and quotes are words,
//! or separators between words.

use std::collections::BTreeSet;

use super::{term::Terms, words::each_word};

/// One keyword of a query: it is found as one of its whole forms, or as all of its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyword {
    /// Terms of which any will do: the word written as one. Synonyms will join here.
    pub(crate) wholes: Vec<String>,
    /// Terms that together are the keyword (`node` and `js`); may be empty.
    pub(crate) parts: Vec<String>,
}

/// The keywords of one query, each once, in an order that does not depend on how it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// The keywords.
    pub(crate) keywords: Vec<Keyword>,
}

impl Query {
    /// Reads a query.
    pub(crate) fn of(text: &str) -> Self {
        let terms = Terms::new();
        let mut keywords = BTreeSet::new();
        each_word(text, &mut |word| {
            keywords.insert(Keyword {
                wholes: vec![terms.of(word.whole).into_owned()],
                parts: word
                    .parts
                    .iter()
                    .map(|part| terms.of(part).into_owned())
                    .collect(),
            });
        });
        Self {
            keywords: keywords.into_iter().collect(),
        }
    }

    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.keywords.is_empty()
    }

    /// Every term that matters to the query.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.keywords
            .iter()
            .flat_map(|keyword| keyword.wholes.iter().chain(&keyword.parts))
            .map(String::as_str)
    }
}
