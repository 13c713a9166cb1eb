//! Queries as they are looked for: with the synonyms of the tenant, and what came of that.

use std::collections::BTreeMap;

use genkan_core::Result;
use genkan_store::{TenantTx, knowledge::Synonym};

use super::search::{
    Query, Synonyms,
    query::{Form, Kind},
    rank::Corpus,
    synonyms::Pair,
};

/// What was looked for beside the words of the queries, by word.
pub(crate) type Rewritten = BTreeMap<String, Vec<String>>;

/// Reads queries, each once; those without a word are left out.
pub(crate) async fn read(tx: &mut TenantTx, texts: &[String]) -> Result<Vec<Query>> {
    let mut keys: Vec<String> = texts
        .iter()
        .flat_map(|text| Query::synonym_keys(text))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let pairs = tx.knowledge_synonyms_of(&keys).await?;
    let synonyms = Synonyms::new(pairs.into_iter().map(Pair::from).collect());
    let mut queries: Vec<Query> = Vec::with_capacity(texts.len());
    for text in texts {
        let query = Query::of(text, &synonyms);
        if !query.is_empty() && !queries.contains(&query) {
            queries.push(query);
        }
    }
    Ok(queries)
}

/// What of the rewriting mattered: the forms that stand in some entry.
pub(crate) fn shown(queries: &[Query], corpus: &Corpus) -> Rewritten {
    let mut shown = Rewritten::new();
    let keywords = queries.iter().flat_map(|query| &query.keywords);
    for keyword in keywords {
        let Some((written, others)) = keyword.forms.split_first() else {
            continue;
        };
        let mattered = |form: &&Form| form.kind != Kind::Parts && corpus.entries_with(form) > 0;
        for form in others.iter().filter(mattered) {
            let forms = shown.entry(written.text.clone()).or_default();
            if !forms.contains(&form.text) {
                forms.push(form.text.clone());
            }
        }
    }
    shown
}

impl From<Synonym> for Pair {
    fn from(stored: Synonym) -> Self {
        Self {
            key: stored.word_key,
            synonym: stored.synonym,
            active: stored.active != 0,
        }
    }
}
