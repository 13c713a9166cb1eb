//! Text search without a database: words, terms, profiles of entries, queries, ranking.
//!
//! The store keeps what is made here and hands back candidates; it never reads a text itself. Both
//! databases therefore find and order alike. Nothing here performs I/O.

mod fold;
mod places;
pub(crate) mod profile;
pub(crate) mod query;
pub(crate) mod rank;
pub(crate) mod similarity;
mod spelling;
pub(crate) mod synonyms;
mod term;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use profile::Profile;
pub(crate) use query::Query;
pub(crate) use synonyms::Synonyms;

/// Passes each word of a text to `each`, folded; what is written together as one word.
pub(crate) fn words_of(text: &str, each: &mut dyn FnMut(&str)) {
    words::each_word(text, &mut |word| each(word.whole));
}

/// The characters of a text in lower case, without accents and what nobody sees.
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    fold::fold(text).flat_map(fold::lower)
}
