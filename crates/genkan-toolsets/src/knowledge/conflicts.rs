//! Entries that a new or changed one may repeat or contradict: those of its scope line that are much like it.

use std::collections::HashMap;

use genkan_core::Result;
use genkan_store::{
    TenantTx,
    knowledge::{DismissedConflict, LikelyConflict, ListedConflicts},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    candidates::{self, Found, Request},
    existing,
    name::ScopeName,
    search::{
        Profile, Query, Synonyms,
        similarity::{LIKELY, similarity},
    },
};

/// The most conflicts that are reported.
const REPORTED: usize = 5;
/// The most entries that are compared.
const COMPARED: usize = 200;
/// How much of a content is searched for, in characters.
const SEARCHED: usize = 400;
/// How much of a conflicting content is shown, in characters.
const SHOWN: i64 = 200;

/// An entry that may conflict.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Conflict {
    id: String,
    scope: String,
    similarity: f64,
    excerpt: String,
}

impl Conflict {
    /// What the store keeps of it, for the entry that was written.
    pub(crate) fn noted(&self, entry: &str) -> LikelyConflict {
        LikelyConflict {
            entry: entry.to_owned(),
            other: self.id.clone(),
            similarity: self.hundredths(),
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "a number of 0–100")]
    fn hundredths(&self) -> i64 {
        (self.similarity * 100.0).round() as i64
    }
}

/// An entry as it is about to be.
pub(crate) struct Coming<'a> {
    /// Its scope.
    pub(crate) scope: &'a ScopeName,
    /// Its id, if it is there already.
    pub(crate) id: Option<&'a str>,
    /// Its keywords.
    pub(crate) context: &'a str,
    /// Its content.
    pub(crate) content: &'a str,
    /// What the index will keep of both.
    pub(crate) profile: &'a Profile,
}

/// The entries of the scope line that are most like the coming one, the likest first. Pairs that were
/// dismissed are left out, unless they are more alike now.
pub(crate) async fn likely(tx: &mut TenantTx, coming: &Coming<'_>) -> Result<Vec<Conflict>> {
    let scope = coming.scope;
    let found = match tx
        .knowledge_find_scope(&scope.namespace, &scope.scope)
        .await?
    {
        Some(scope) => scope,
        // Nothing was ever written here.
        None if scope.is_global_default() => return Ok(Vec::new()),
        None => return Err(existing::no_scope(tx, "scope", scope).await?),
    };
    let line = tx.knowledge_line(&found).await?;
    let beginning: String = coming.content.chars().take(SEARCHED).collect();
    let queries: Vec<Query> = [coming.context, &beginning]
        .into_iter()
        .map(|text| Query::of(text, &Synonyms::none()))
        .filter(|query| !query.is_empty())
        .collect();
    let request = Request {
        line: &line,
        queries: &queries,
        task_size: None,
        most: COMPARED,
    };
    let found = candidates::search(tx, &request).await?;
    let mut alike = likest(&found, coming.profile);
    if let Some(id) = coming.id {
        let dismissed = dismissed(tx, id).await?;
        alike.retain(|one| {
            one.id != id
                && dismissed
                    .get(&one.id)
                    .is_none_or(|was| one.hundredths() > *was)
        });
    }
    alike.truncate(REPORTED);
    shown(tx, alike).await
}

/// How alike the entries are whose conflict with this one was dismissed, in hundredths.
async fn dismissed(tx: &mut TenantTx, id: &str) -> Result<HashMap<String, i64>> {
    let listed = ListedConflicts {
        entry: id,
        scope: "",
        most: i64::MAX,
    };
    let pairs = tx.knowledge_dismissed_conflicts(listed).await?.into_iter();
    let other = |pair: DismissedConflict| match pair.entry == id {
        true => (pair.other, pair.similarity),
        false => (pair.entry, pair.similarity),
    };
    Ok(pairs.map(other).collect())
}

fn likest(found: &Found, profile: &Profile) -> Vec<Conflict> {
    let mut alike: Vec<Conflict> = found
        .candidates
        .values()
        .filter_map(|(candidate, scope)| {
            let one = (candidate.terms.as_str(), candidate.frequencies.as_str());
            let similarity = similarity(one, (&profile.terms, &profile.frequencies));
            let conflict = || Conflict {
                id: candidate.id.clone(),
                scope: scope.clone(),
                similarity: (similarity * 100.0).round() / 100.0,
                excerpt: String::new(),
            };
            (similarity >= LIKELY).then(conflict)
        })
        .collect();
    alike.sort_unstable_by(|a, b| {
        b.similarity
            .total_cmp(&a.similarity)
            .then_with(|| a.id.cmp(&b.id))
    });
    alike
}

async fn shown(tx: &mut TenantTx, mut conflicts: Vec<Conflict>) -> Result<Vec<Conflict>> {
    if conflicts.is_empty() {
        return Ok(conflicts);
    }
    let ids: Vec<&str> = conflicts
        .iter()
        .map(|conflict| conflict.id.as_str())
        .collect();
    let contents = tx.knowledge_contents(&ids, SHOWN).await?;
    let mut contents: HashMap<String, String> =
        contents.into_iter().map(|c| (c.id, c.content)).collect();
    for conflict in &mut conflicts {
        conflict.excerpt = contents.remove(&conflict.id).unwrap_or_default();
    }
    Ok(conflicts)
}
