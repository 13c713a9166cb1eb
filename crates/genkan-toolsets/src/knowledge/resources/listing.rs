//! `resources/list`: every scope by name, then every entry by id. A cursor says which was the last.

use std::collections::HashMap;

use genkan_core::{
    Code, Error, Result,
    resource::{Page, Resource},
};
use genkan_store::{
    TenantTx,
    knowledge::{ListedEntry, Scope},
};

use super::{
    address,
    entry_page::{MARKDOWN, headline},
};

/// How many a page holds.
const PAGE: usize = 500;
/// Before the name of a scope.
const SCOPE: &str = "scope ";
/// Before the id of an entry.
const ENTRY: &str = "entry ";

/// The page that begins after the one that the cursor names.
pub(super) async fn page(tx: &mut TenantTx, cursor: Option<&str>) -> Result<Page> {
    let scopes = tx.knowledge_scopes().await?;
    let last = cursor.unwrap_or(SCOPE);
    if let Some(name) = last.strip_prefix(SCOPE) {
        let mut names: Vec<(String, &Scope)> = scopes
            .iter()
            .map(|scope| (scope.full_name(), scope))
            .collect();
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        names.retain(|(known, _)| known.as_str() > name);
        if !names.is_empty() {
            return Ok(scope_page(&names));
        }
        return entry_page(tx, &scopes, "").await;
    }
    match last.strip_prefix(ENTRY) {
        Some(id) if id.bytes().all(|b| b.is_ascii_graphic()) => entry_page(tx, &scopes, id).await,
        _ => Err(Error::new(
            Code::InvalidCursor,
            "the cursor is not one that this list gave",
        )),
    }
}

fn scope_page(names: &[(String, &Scope)]) -> Page {
    let shown = &names[..names.len().min(PAGE)];
    // Entries follow even after the last scope.
    let next = shown.last().map(|(name, _)| format!("{SCOPE}{name}"));
    let resource = |(name, scope): &(String, &Scope)| Resource {
        uri: address::of_scope(name),
        name: name.clone(),
        description: Some(scope.description.clone()),
        mime_type: Some(MARKDOWN.to_owned()),
        ..Resource::default()
    };
    Page {
        resources: shown.iter().map(resource).collect(),
        next,
    }
}

async fn entry_page(tx: &mut TenantTx, scopes: &[Scope], after: &str) -> Result<Page> {
    let names: HashMap<&str, String> = scopes
        .iter()
        .map(|scope| (scope.id.as_str(), scope.full_name()))
        .collect();
    let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let entries = tx.knowledge_entries_after(after, most).await?;
    let next = match entries.last() {
        Some(last) if entries.len() == PAGE => Some(format!("{ENTRY}{}", last.id)),
        _ => None,
    };
    let resource = |entry: ListedEntry| {
        let scope = names.get(entry.scope.as_str())?;
        Some(Resource {
            uri: address::of_entry(scope, &entry.id),
            name: headline(&entry.beginning),
            description: Some(entry.context),
            mime_type: Some(MARKDOWN.to_owned()),
            ..Resource::default()
        })
    };
    Ok(Page {
        resources: entries.into_iter().filter_map(resource).collect(),
        next,
    })
}
