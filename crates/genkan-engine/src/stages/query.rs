//! Questions that are metered and not recorded one by one, and that a toolset must be asked: lists
//! of resources, and completion.

use std::sync::Arc;

use genkan_core::{
    CallContext, Outcome, Result, Revision,
    completion::{Argument, Completion},
    outcome::ListPage,
};

use crate::catalog::{
    PAGE, PromptEntry, Source, TemplateEntry, invalid_cursor, list_members, resource_form,
};

/// Something that a toolset is asked.
pub(crate) enum Query {
    /// `resources/list` over what the caller may read.
    Resources {
        sources: Vec<Arc<Source>>,
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
        Some(cursor) => find(sources, cursor)?,
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
    let next = sources.get(position).map(|source| match &inner {
        None => source.toolset.clone(),
        Some(inner) => format!("{}:{inner}", source.toolset),
    });
    Ok(Outcome::List(Arc::new(ListPage {
        members: list_members("resources", &forms, next.as_deref()),
    })))
}

fn find(sources: &[Arc<Source>], cursor: &str) -> Result<(usize, Option<String>)> {
    let (toolset, inner) = match cursor.split_once(':') {
        None => (cursor, None),
        Some((toolset, inner)) => (toolset, Some(inner.to_owned())),
    };
    let position = sources
        .iter()
        .position(|source| source.toolset == toolset)
        .ok_or_else(invalid_cursor)?;
    Ok((position, inner))
}
