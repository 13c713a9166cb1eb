//! What the tools for synonyms share: words as they come in, and what holds for a word.

use std::collections::BTreeMap;

use genkan_core::{CallContext, Code, Error, Result, Timestamp};
use genkan_store::{
    TenantTx,
    knowledge::{Changed, Synonym},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{culprit::quoted, search::synonyms};

/// How long a word may be, in characters.
const CHARACTERS: usize = 64;
/// The most synonyms that one call names.
const NAMED: usize = 20;

/// A word, or a few of them, that may mean the same as another.
pub(crate) struct Word {
    /// As a person reads it.
    pub(crate) shown: String,
    /// What it is compared by.
    pub(crate) key: String,
}

/// What a call wants changed: a word, its synonyms, and who asks.
pub(crate) struct Wanted {
    pub(crate) word: Word,
    pub(crate) synonyms: Vec<Word>,
    by: String,
}

impl Wanted {
    /// Reads the arguments `word` and `synonyms`.
    pub(crate) fn read(ctx: &CallContext, text: &str, texts: &[String]) -> Result<Self> {
        let word = word("word", text)?;
        let synonyms = words("synonyms", &word, texts)?;
        let by = ctx.principal.id.to_string();
        Ok(Self { word, synonyms, by })
    }

    /// Who changes it, and when.
    pub(crate) fn changed(&self, at: Timestamp) -> Changed<'_> {
        Changed { by: &self.by, at }
    }
}

/// What means the same as a word now.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Holds {
    pub(crate) word: String,
    pub(crate) synonyms: Vec<String>,
    /// Built-in ones that were removed
    pub(crate) removed: Vec<String>,
}

/// Reads a word.
pub(crate) fn word(argument: &str, text: &str) -> Result<Word> {
    let refuse = |rule: &str| {
        let message = format!("`{argument}`: {} {rule}", quoted(text));
        Err(Error::new(Code::InvalidArguments, message))
    };
    if text.chars().count() > CHARACTERS {
        return refuse("is longer than 64 characters");
    }
    let shown = synonyms::shown(text);
    match shown.split(' ').filter(|word| !word.is_empty()).count() {
        0 => refuse("holds no letter and no digit"),
        words if words > synonyms::WORDS => refuse("is more than four words"),
        _ => Ok(Word {
            key: synonyms::key(&shown),
            shown,
        }),
    }
}

/// Reads the synonyms that a call names: different from the word, each once.
fn words(argument: &str, word_given: &Word, texts: &[String]) -> Result<Vec<Word>> {
    if !(1..=NAMED).contains(&texts.len()) {
        let message = format!(
            "`{argument}` has {} words; 1–{NAMED} are allowed",
            texts.len()
        );
        return Err(Error::new(Code::InvalidArguments, message));
    }
    let mut found: Vec<Word> = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        let argument = format!("{argument}[{place}]");
        let synonym = word(&argument, text)?;
        if synonym.key == word_given.key {
            let message = format!(
                "`{argument}`: {} is found as {} anyway",
                quoted(text),
                quoted(&word_given.shown)
            );
            return Err(Error::new(Code::InvalidArguments, message)
                .hint("Plurals and other ways of writing need no synonym."));
        }
        if found.iter().all(|known| known.key != synonym.key) {
            found.push(synonym);
        }
    }
    Ok(found)
}

/// Whether the house itself says that these two mean the same.
pub(crate) fn is_built_in(word: &Word, synonym: &Word) -> bool {
    synonyms::house(&word.key)
        .iter()
        .any(|known| synonyms::key(known) == synonym.key)
}

/// Both directions of a pair.
pub(crate) fn directions(word: &Word, synonym: &Word, active: bool) -> [Synonym; 2] {
    let one = |from: &Word, to: &Word| Synonym {
        word_key: from.key.clone(),
        synonym_key: to.key.clone(),
        word: from.shown.clone(),
        synonym: to.shown.clone(),
        active: i64::from(active),
    };
    [one(word, synonym), one(synonym, word)]
}

/// What holds for a word, the table of the house included.
pub(crate) async fn holds(tx: &mut TenantTx, word: &Word) -> Result<Holds> {
    let pairs = tx.knowledge_synonyms_of(&[&word.key]).await?;
    let mut all: BTreeMap<String, (String, bool)> = synonyms::house(&word.key)
        .iter()
        .map(|known| (synonyms::key(known), ((*known).to_owned(), true)))
        .collect();
    for pair in pairs {
        all.insert(pair.synonym_key, (pair.synonym, pair.active != 0));
    }
    let (synonyms, removed): (Vec<_>, Vec<_>) = all.into_values().partition(|(_, active)| *active);
    let names = |pairs: Vec<(String, bool)>| pairs.into_iter().map(|(name, _)| name).collect();
    Ok(Holds {
        word: word.shown.clone(),
        synonyms: names(synonyms),
        removed: names(removed),
    })
}
