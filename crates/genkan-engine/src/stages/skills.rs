//! Skills and their folders (MCP extension `io.modelcontextprotocol/skills`).

use std::sync::Arc;

use genkan_core::{
    CallContext, Outcome, Result, Revision,
    outcome::ListPage,
    resource::{Resource, unknown},
};
use serde_json::Value;

use super::query::{cursor_at, position};
use crate::catalog::{PAGE, SkillSource, invalid_cursor, list_members, resource_form};

/// Joins the pages of all sources, as lists of resources are joined. A page of a source is a page
/// here, since finding out the digests of a skill may cost much.
pub(super) async fn list(
    ctx: &CallContext,
    sources: &[Arc<SkillSource>],
    cursor: Option<&str>,
) -> Result<Outcome> {
    let (mut place, mut inner) = match cursor {
        None => (0, None),
        Some(cursor) => position(sources.iter().map(|source| &source.toolset), cursor)?,
    };
    let mut entries: Vec<Value> = Vec::new();
    while entries.is_empty()
        && let Some(source) = sources.get(place)
    {
        let page = source.skills.list(ctx, inner.as_deref()).await?;
        entries.extend(page.skills.iter().map(|skill| skill.to_entry()));
        inner = page.next;
        if inner.is_none() {
            place += 1;
        }
    }
    let next = sources
        .get(place)
        .map(|source| cursor_at(&source.toolset, inner.as_deref()));
    Ok(page("skills", &entries, next.as_deref()))
}

/// The entry of one skill.
pub(super) async fn get(ctx: &CallContext, source: &SkillSource, uri: &str) -> Result<Outcome> {
    let found = source.skills.find(ctx, uri).await?;
    let skill = found.filter(|skill| skill.uri() == uri);
    let skill = skill.ok_or_else(|| unknown(uri))?;
    let members = format!("\"skill\":{}", skill.to_entry());
    Ok(Outcome::List(Arc::new(ListPage {
        members: members.into(),
    })))
}

/// What is directly in a folder of a skill. A cursor is the URI of the last child before.
pub(super) async fn directory(
    ctx: &CallContext,
    source: &SkillSource,
    uri: &str,
    cursor: Option<&str>,
    revision: Revision,
) -> Result<Outcome> {
    let found = source.skills.find(ctx, uri).await?;
    let children = found.and_then(|skill| skill.read_directory(uri));
    let children = children.ok_or_else(|| unknown(uri))?;
    let begin = match cursor {
        None => 0,
        Some(cursor) => after(&children, cursor)?,
    };
    let end = children.len().min(begin + PAGE);
    let next = (end < children.len()).then(|| children[end - 1].uri.clone());
    let forms: Vec<Value> = children
        .into_iter()
        .skip(begin)
        .take(PAGE)
        .map(|child| resource_form(child, revision))
        .collect();
    Ok(page("resources", &forms, next.as_deref()))
}

fn after(children: &[Resource], cursor: &str) -> Result<usize> {
    let last = children.iter().position(|child| child.uri == cursor);
    last.map(|last| last + 1).ok_or_else(invalid_cursor)
}

fn page(member: &str, forms: &[Value], next: Option<&str>) -> Outcome {
    Outcome::List(Arc::new(ListPage {
        members: list_members(member, forms, next),
    }))
}
