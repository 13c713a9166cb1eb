//! A query as the index understands it. Nothing in it is syntax: operators and quotes are words,
//! or separators between words.
//!
//! Each keyword is rewritten into all the forms in which an entry may say it: as it is written, in
//! parts, joined with its neighbour, in another spelling, as a synonym. Which of them stand
//! anywhere only the index knows.

use super::{
    spelling::spellings,
    synonyms::{self, Synonyms},
    term::Terms,
    words::each_word,
};

/// Why a form may stand for a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The word as it is written.
    Whole,
    /// The words it is written together from: `node` and `js`.
    Parts,
    /// Written as one with its neighbour: `back off` is `backoff`.
    Joined,
    /// The other spelling of the same word.
    Spelling,
    /// Another word for the same.
    Synonym,
}

/// One way in which an entry may say a keyword.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The words as a person reads them.
    pub(crate) text: String,
    /// Their terms; never empty.
    pub(crate) terms: Vec<String>,
    /// Why it is one.
    pub(crate) kind: Kind,
}

/// One keyword of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keyword {
    /// What it may be found as; the first is the word as it is written.
    pub(crate) forms: Vec<Form>,
}

/// The keywords of one query, each once, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    /// The keywords.
    pub(crate) keywords: Vec<Keyword>,
}

/// A word of the query, before it is rewritten.
struct Read {
    whole: String,
    parts: Vec<String>,
}

impl Query {
    /// Reads a query and rewrites it.
    pub(crate) fn of(text: &str, synonyms: &Synonyms) -> Self {
        let terms = Terms::new();
        let words = read(text);
        let mut keywords: Vec<Keyword> = words.iter().map(|word| written(word, &terms)).collect();
        for (place, word) in words.iter().enumerate() {
            for spelling in spellings(&word.whole) {
                add(&mut keywords[place], &spelling, Kind::Spelling, &terms);
            }
        }
        for place in 1..words.len() {
            let joined = format!("{}{}", words[place - 1].whole, words[place].whole);
            for keyword in &mut keywords[place - 1..=place] {
                add(keyword, &joined, Kind::Joined, &terms);
            }
        }
        for run in runs(&words, &terms) {
            for synonym in synonyms.of(&run.key, &terms) {
                for keyword in &mut keywords[run.places.clone()] {
                    add(keyword, synonym, Kind::Synonym, &terms);
                }
            }
        }
        let mut query = Self::default();
        for keyword in keywords {
            let is_new = |known: &Keyword| known.forms[0].terms != keyword.forms[0].terms;
            if query.keywords.iter().all(is_new) {
                query.keywords.push(keyword);
            }
        }
        query
    }

    /// The keys that synonyms of this query are looked up by.
    pub(crate) fn synonym_keys(text: &str) -> Vec<String> {
        let runs = runs(&read(text), &Terms::new());
        runs.into_iter().map(|run| run.key).collect()
    }

    /// Whether it asks for nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.keywords.is_empty()
    }

    /// Every term that matters to the query.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.keywords
            .iter()
            .flat_map(|keyword| &keyword.forms)
            .flat_map(|form| &form.terms)
            .map(String::as_str)
    }
}

fn read(text: &str) -> Vec<Read> {
    let mut words: Vec<Read> = Vec::new();
    each_word(text, &mut |word| {
        words.push(Read {
            whole: word.whole.to_owned(),
            parts: word.parts.to_vec(),
        });
    });
    words
}

/// The keyword as it is written.
fn written(word: &Read, terms: &Terms) -> Keyword {
    let mut keyword = Keyword { forms: Vec::new() };
    add(&mut keyword, &word.whole, Kind::Whole, terms);
    if !word.parts.is_empty() {
        add(&mut keyword, &word.parts.join(" "), Kind::Parts, terms);
    }
    keyword
}

/// Adds a form that the keyword does not have yet.
fn add(keyword: &mut Keyword, text: &str, kind: Kind, terms: &Terms) {
    let text = synonyms::shown(text);
    let form_terms: Vec<String> = text
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(|word| terms.of(word).into_owned())
        .collect();
    // A word that was joined is one; in scripts without spaces it would be pairs again.
    if kind == Kind::Joined && form_terms.len() != 1 {
        return;
    }
    if !form_terms.is_empty() && keyword.forms.iter().all(|known| known.terms != form_terms) {
        keyword.forms.push(Form {
            text,
            terms: form_terms,
            kind,
        });
    }
}

/// Neighbouring words that may together have a synonym.
struct Run {
    places: std::ops::Range<usize>,
    key: String,
}

/// Every run of neighbouring words, and each word that is written together as its parts.
fn runs(words: &[Read], terms: &Terms) -> Vec<Run> {
    let key = |words: &mut dyn Iterator<Item = &String>| {
        words
            .map(|word| terms.of(word))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut runs = Vec::new();
    for start in 0..words.len() {
        if !words[start].parts.is_empty() {
            runs.push(Run {
                places: start..start + 1,
                key: key(&mut words[start].parts.iter()),
            });
        }
        for end in start + 1..=words.len().min(start + synonyms::WORDS) {
            let mut wholes = words[start..end].iter().map(|word| &word.whole);
            runs.push(Run {
                places: start..end,
                key: key(&mut wholes),
            });
        }
    }
    runs
}
