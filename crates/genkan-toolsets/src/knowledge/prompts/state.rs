//! The present state of a scope, as prompts tell it.

use std::collections::HashMap;

use genkan_core::Result;
use genkan_store::{
    TenantTx,
    knowledge::{ListedEntry, ScopeCount, WholeEntry},
};

use crate::knowledge::{
    existing,
    name::ScopeName,
    resources::{address, entry_page::headline, find_scope},
    search::{
        Profile,
        similarity::{LIKELY, similarity},
    },
};

/// How many of the newest entries are looked at.
const NEWEST: i64 = 60;
/// The largest of them that are compared with each other, in bytes.
const COMPARED: i64 = 32 * 1024;
/// How many entries are named.
const NAMED: usize = 10;
/// How many keywords are named.
const KEYWORDS: usize = 15;
/// How many likely conflicts are named.
const CONFLICTS: usize = 10;

/// What a prompt can tell of a scope.
pub(super) struct State {
    /// The complete name.
    pub(super) name: String,
    /// One line about it.
    pub(super) description: String,
    /// The scope and what it inherits from, nearest first, with the number of entries of each.
    pub(super) line: Vec<(String, i64)>,
    /// Entries of the scope that lost a conflict.
    pub(super) suppressed: i64,
    /// The keywords that the newest entries have in common, the most frequent first.
    pub(super) keywords: Vec<String>,
    /// URI and first line of the newest entries of the scope.
    pub(super) newest: Vec<(String, String)>,
    /// Pairs of the newest entries that are much alike.
    pub(super) conflicts: Vec<Pair>,
}

/// Two entries of which perhaps only one holds: id and first line of each.
pub(super) struct Pair {
    pub(super) one: (String, String),
    pub(super) other: (String, String),
}

impl State {
    pub(super) async fn read(tx: &mut TenantTx, name: &ScopeName) -> Result<Self> {
        let Some(scope) = find_scope(tx, name).await? else {
            return Err(existing::no_scope(tx, "scope", name).await?);
        };
        let counts = tx.knowledge_scope_counts().await?;
        let count = |id: &str| counts.iter().find(|one| one.scope == id);
        let entries = |one: Option<&ScopeCount>| one.map_or(0, |one| one.entries);
        let line = match scope.id.is_empty() {
            true => vec![(scope.full_name(), 0)],
            false => tx
                .knowledge_line(&scope)
                .await?
                .into_iter()
                .map(|one| (one.name, entries(count(&one.id))))
                .collect(),
        };
        let newest = tx.knowledge_newest_of(&scope.id, NEWEST).await?;
        let compared = tx
            .knowledge_newest_whole_of(&scope.id, COMPARED, NEWEST)
            .await?;
        let shown = |entry: &ListedEntry| {
            let uri = address::of_entry(&scope.full_name(), &entry.id);
            (uri, headline(&entry.beginning))
        };
        Ok(Self {
            name: scope.full_name(),
            line,
            suppressed: count(&scope.id).map_or(0, |one| one.suppressed),
            keywords: keywords(&newest),
            newest: newest.iter().take(NAMED).map(shown).collect(),
            conflicts: conflicts(&compared),
            description: scope.description,
        })
    }

    /// How many entries a search from the scope can find.
    pub(super) fn within_reach(&self) -> i64 {
        self.line.iter().map(|(_, entries)| entries).sum()
    }

    /// Where the scope stands, in a few lines.
    pub(super) fn told(&self) -> String {
        let mut text = format!("Scope `{}`: {}.", self.name, self.description);
        let line = self.line.iter();
        let line: Vec<String> = line
            .map(|(name, entries)| format!("`{name}` ({entries})"))
            .collect();
        text.push_str(&format!(
            " {} entries are within reach: {}.",
            self.within_reach(),
            line.join(", ")
        ));
        if !self.keywords.is_empty() {
            text.push_str(&format!(
                "\nIts entries are mostly about: {}.",
                self.keywords.join(", ")
            ));
        }
        text
    }

    /// The newest entries as a list; empty where there are none.
    pub(super) fn newest_listed(&self) -> String {
        let lines = self.newest.iter();
        lines
            .map(|(uri, line)| format!("- <{uri}>: {line}\n"))
            .collect()
    }
}

fn keywords(entries: &[ListedEntry]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in entries.iter().flat_map(|entry| entry.context.split(' ')) {
        *counts.entry(word).or_default() += 1;
    }
    let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(KEYWORDS);
    words.into_iter().map(|(word, _)| word.to_owned()).collect()
}

/// The pairs that are alike as a writer would have been told; the likest first.
fn conflicts(entries: &[WholeEntry]) -> Vec<Pair> {
    let profiles: Vec<Profile> = entries
        .iter()
        .map(|entry| Profile::of(&entry.context, &entry.content))
        .collect();
    let mut pairs = Vec::new();
    for (i, one) in profiles.iter().enumerate() {
        for (j, other) in profiles.iter().enumerate().skip(i + 1) {
            let alike = similarity(
                (&one.terms, &one.frequencies),
                (&other.terms, &other.frequencies),
            );
            if alike >= LIKELY {
                pairs.push((alike, i, j));
            }
        }
    }
    pairs.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
    });
    let shown = |place: usize| {
        let entry = &entries[place];
        (entry.id.clone(), headline(&entry.content))
    };
    let pairs = pairs.into_iter().take(CONFLICTS);
    pairs
        .map(|(_, i, j)| Pair {
            one: shown(i),
            other: shown(j),
        })
        .collect()
}
