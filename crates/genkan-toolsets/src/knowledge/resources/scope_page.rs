//! A scope as Markdown: what it is, what it inherits from, and what is known there.

use std::collections::HashMap;

use genkan_core::Result;
use genkan_store::{
    TenantTx,
    knowledge::{LineScope, ListedEntry, Scope},
};

use super::{address, entry_page::headline};

/// How many entries of the scope itself are listed.
const OWN: i64 = 200;
/// How many entries of each scope that it inherits from are listed.
const INHERITED: i64 = 20;
/// How many of these scopes are shown with their entries.
const LINE: usize = 20;

/// Writes the page of a scope.
pub(super) async fn write(tx: &mut TenantTx, scope: &Scope) -> Result<String> {
    let counts = tx.knowledge_scope_counts().await?.into_iter();
    let counts: HashMap<String, i64> = counts.map(|one| (one.scope, one.entries)).collect();
    let line = match scope.id.is_empty() {
        // Nothing was ever written, so that there is no such row.
        true => Vec::new(),
        false => tx.knowledge_line(scope).await?,
    };
    let inherited: Vec<&LineScope> = line.iter().filter(|one| one.distance > 0).collect();
    let own = count(&counts, &scope.id);
    let name = scope.full_name();
    let mut page = format!("# {name}\n\n{}\n\n", scope.description);
    page.push_str(&match own {
        1 => "1 entry.\n".to_owned(),
        own => format!("{own} entries.\n"),
    });
    if !inherited.is_empty() {
        let links = inherited.iter().map(|one| link(&one.name));
        let links: Vec<String> = links.collect();
        page.push_str(&format!("Inherits from {}.\n", links.join(", ")));
    }
    let entries = tx.knowledge_newest_of(&scope.id, OWN).await?;
    list(&mut page, "Entries", &name, &entries, own);
    for one in inherited.into_iter().take(LINE) {
        let all = count(&counts, &one.id);
        let entries = match all {
            0 => continue,
            _ => tx.knowledge_newest_of(&one.id, INHERITED).await?,
        };
        list(
            &mut page,
            &format!("From {}", one.name),
            &one.name,
            &entries,
            all,
        );
    }
    Ok(page)
}

fn count(counts: &HashMap<String, i64>, scope: &str) -> i64 {
    counts.get(scope).copied().unwrap_or(0)
}

fn link(scope: &str) -> String {
    format!("[{scope}]({})", address::of_scope(scope))
}

fn list(page: &mut String, heading: &str, scope: &str, entries: &[ListedEntry], all: i64) {
    if entries.is_empty() {
        return;
    }
    page.push_str(&format!("\n## {heading}\n\n"));
    for entry in entries {
        let uri = address::of_entry(scope, &entry.id);
        let (context, line) = (&entry.context, headline(&entry.beginning));
        page.push_str(&format!("- <{uri}> ({context}): {line}\n"));
    }
    let more = all - i64::try_from(entries.len()).unwrap_or(i64::MAX);
    if more > 0 {
        page.push_str(&format!(
            "\n{more} older entries are not listed; search with `knowledge_get_task_context`.\n"
        ));
    }
}
