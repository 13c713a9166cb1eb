//! Questions that a toolset must be asked, and that change nothing: lists of resources, completion,
//! skills.

use std::sync::Arc;

use genkan_core::{
    CallContext, Outcome, Result, Revision,
    completion::{Argument, Completion},
    outcome::ListPage,
};

use crate::catalog::{
    PAGE, PromptEntry, SkillSource, Source, TemplateEntry, invalid_cursor, list_members,
    resource_form,
};

use super::skills;

/// Something that a toolset is asked.
pub(crate) enum Query {
    /// `resources/list` over what the caller may read.
    Resources {
        sources: Vec<Arc<Source>>,
        cursor: Option<String>,
        revision: Revision,
    },
    /// `skills/list` over what the caller may see.
    Skills {
        sources: Vec<Arc<SkillSource>>,
        cursor: Option<String>,
    },
    /// `skills/get` of the skill with this URI.
    Skill(Arc<SkillSource>, String),
    /// `resources/directory/read` of the folder with this URI.
    Directory {
        source: Arc<SkillSource>,
        uri: String,
        cursor: Option<String>,
        revision: Revision,
    },
    /// An argument of a prompt.
    CompletePrompt(Arc<PromptEntry>, Argument),
    /// A variable of a template.
    CompleteTemplate(Arc<TemplateEntry>, Argument),
}

impl Query {
    pub(super) async fn answer(self, ctx: &CallContext) -> Result<Outcome> {
        let completed = |completion: Completion| Ok(Outcome::Completion(completion.bounded()));
        match self {
            Self::Resources {
                sources,
                cursor,
                revision,
            } => list(ctx, &sources, cursor.as_deref(), revision).await,
            Self::Skills { sources, cursor } => {
                skills::list(ctx, &sources, cursor.as_deref()).await
            }
            Self::Skill(source, uri) => skills::get(ctx, &source, &uri).await,
            Self::Directory {
                source,
                uri,
                cursor,
                revision,
            } => skills::directory(ctx, &source, &uri, cursor.as_deref(), revision).await,
            Self::CompletePrompt(entry, argument) => {
                completed(entry.prompt.complete(ctx, &argument).await?)
            }
            Self::CompleteTemplate(entry, argument) => {
                let resources = &entry.source.resources;
                let template = &entry.template.uri_template;
                completed(resources.complete(ctx, template, &argument).await?)
            }
        }
    }
}

/// Joins the pages of all sources. A cursor is `<toolset>:<cursor of the toolset>`, or `<toolset>`
/// alone for its beginning.
async fn list(
    ctx: &CallContext,
    sources: &[Arc<Source>],
    cursor: Option<&str>,
    revision: Revision,
) -> Result<Outcome> {
    let (mut position, mut inner) = match cursor {
        None => (0, None),
        Some(cursor) => position(sources.iter().map(|source| &source.toolset), cursor)?,
    };
    let mut forms = Vec::new();
    while forms.len() < PAGE
        && let Some(source) = sources.get(position)
    {
        let page = source.resources.list(ctx, inner.as_deref()).await?;
        let shown = page.resources.into_iter();
        forms.extend(shown.map(|resource| resource_form(resource, revision)));
        inner = page.next;
        if inner.is_none() {
            position += 1;
        }
    }
    let next = sources
        .get(position)
        .map(|source| cursor_at(&source.toolset, inner.as_deref()));
    Ok(Outcome::List(Arc::new(ListPage {
        members: list_members("resources", &forms, next.as_deref()),
    })))
}

/// The cursor for the rest of a toolset's list.
pub(super) fn cursor_at(toolset: &str, inner: Option<&str>) -> String {
    match inner {
        None => toolset.to_owned(),
        Some(inner) => format!("{toolset}:{inner}"),
    }
}

/// Which of the toolsets a cursor names, and where in its list.
pub(super) fn position<'s>(
    mut toolsets: impl Iterator<Item = &'s String>,
    cursor: &str,
) -> Result<(usize, Option<String>)> {
    let (toolset, inner) = match cursor.split_once(':') {
        None => (cursor, None),
        Some((toolset, inner)) => (toolset, Some(inner.to_owned())),
    };
    let position = toolsets
        .position(|known| known == toolset)
        .ok_or_else(invalid_cursor)?;
    Ok((position, inner))
}
