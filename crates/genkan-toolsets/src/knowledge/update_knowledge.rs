//! `knowledge_update_knowledge`: another text, other keywords, another place for an entry, and which
//! existing ones it may repeat or contradict now.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Entry, LikelyConflict, NewEntry, Scope},
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    change,
    conflicts::{self, Coming, Conflict},
    existing,
    name::ScopeName,
    profiled::{Profiled, profiled},
    task_size::TaskSize,
    text::{self, Words},
    write::write,
};
use crate::typed::{About, TypedTool};

/// Changes an entry.
pub(super) struct UpdateKnowledge(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
    #[serde(default)]
    #[schemars(with = "String")]
    content: Option<String>,
    /// 1-20 keywords of 2-32 characters
    #[serde(default)]
    #[schemars(with = "Words")]
    context: Option<Words>,
    /// namespace:scope to move it to
    #[serde(default)]
    #[schemars(with = "String")]
    scope: Option<String>,
    /// null clears it
    #[serde(default, deserialize_with = "present")]
    #[schemars(schema_with = "size_or_null")]
    task_size: Option<Option<TaskSize>>,
}

/// As a choice of two types: not every client knows a list of types.
fn size_or_null(generator: &mut SchemaGenerator) -> Schema {
    let size = generator.subschema_for::<TaskSize>();
    json_schema!({"anyOf": [size, {"type": "null"}]})
}

/// Tells `null` from nothing.
#[allow(clippy::option_option, reason = "left out, cleared, or set")]
fn present<'de, D: Deserializer<'de>>(given: D) -> Result<Option<Option<TaskSize>>, D::Error> {
    Option::deserialize(given).map(Some)
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    scope: String,
    conflicts: Vec<Conflict>,
}

struct Wish {
    change: Change,
    /// The new text; nothing if the entry is neither rewritten nor moved.
    text: Option<Profiled>,
    conflicts: Vec<LikelyConflict>,
}

struct Change {
    id: String,
    content: Option<String>,
    context: Option<String>,
    scope: Option<ScopeName>,
    task_size: Option<Option<TaskSize>>,
}

#[async_trait]
impl TypedTool for UpdateKnowledge {
    const ABOUT: About = About {
        name: "knowledge_update_knowledge",
        title: "Update a knowledge entry",
        description: "Changes the content, keywords, scope or task size of an entry; what is left out stays. Returns entries that may say the same or the opposite now.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let change = read(arguments)?;
        // Read and compared before the write, so that the writer is not kept waiting by it.
        let (text, conflicts) = {
            let mut tx = self.0.read(ctx.tenant()).await?;
            ahead(&mut tx, &change).await?
        };
        let noted = conflicts
            .iter()
            .map(|found| found.noted(&change.id))
            .collect();
        let wish = Wish {
            change,
            text,
            conflicts: noted,
        };
        let (id, scope) = write(&self.0, ctx, wish, |tx, wish, now| {
            Box::pin(update(tx, wish, now))
        })
        .await?;
        Ok(Answer {
            id,
            scope,
            conflicts,
        })
    }
}

fn read(arguments: Arguments) -> Result<Change> {
    let given = [
        arguments.content.is_some(),
        arguments.context.is_some(),
        arguments.scope.is_some(),
        arguments.task_size.is_some(),
    ];
    change::some(&given, "`content`, `context`, `scope`, `task_size`")?;
    if let Some(content) = &arguments.content {
        text::content("content", content)?;
    }
    Ok(Change {
        id: arguments.id,
        content: arguments.content,
        context: arguments
            .context
            .map(|words| text::context("context", &words))
            .transpose()?,
        scope: arguments
            .scope
            .map(|name| ScopeName::parse("scope", &name))
            .transpose()?,
        task_size: arguments.task_size,
    })
}

/// The text that the entry will have, and what it may contradict then.
async fn ahead(tx: &mut TenantTx, change: &Change) -> Result<(Option<Profiled>, Vec<Conflict>)> {
    let entry = existing::entry(tx, "id", &change.id).await?;
    if change.content.is_none() && change.context.is_none() && change.scope.is_none() {
        return Ok((None, Vec::new()));
    }
    let scope = match &change.scope {
        Some(name) => name.clone(),
        None => ScopeName::of(&tx.knowledge_get_scope(&entry.scope).await?),
    };
    let (context, content) = changed(tx, change).await?;
    let text = Profiled::of(context, content);
    let coming = Coming {
        scope: &scope,
        id: Some(&entry.id),
        context: &text.context,
        content: &text.content,
        profile: &text.profile,
    };
    let conflicts = match entry.suppressed {
        0 => conflicts::likely(tx, &coming).await?,
        _ => Vec::new(),
    };
    Ok((Some(text), conflicts))
}

/// The context and the content that the entry has once it is changed.
async fn changed(tx: &mut TenantTx, change: &Change) -> Result<(String, String)> {
    let text = tx.knowledge_get_entry_text(&change.id).await?;
    let context = change.context.clone().unwrap_or(text.context);
    let content = change.content.clone().unwrap_or(text.content);
    Ok((context, content))
}

async fn update(tx: &mut TenantTx, wish: Arc<Wish>, now: Timestamp) -> Result<(String, String)> {
    let change = &wish.change;
    let entry = existing::entry(tx, "id", &change.id).await?;
    let scope = match &change.scope {
        Some(name) => existing::scope(tx, "scope", name).await?,
        None => tx.knowledge_get_scope(&entry.scope).await?,
    };
    let task_size = match change.task_size {
        Some(size) => size.map(TaskSize::stored),
        None => entry.task_size,
    };
    if change.content.is_some() || change.context.is_some() {
        rewrite(tx, &entry, &wish, &scope, task_size, now).await?;
    } else {
        tx.knowledge_move_entry(&entry.id, &scope.id, task_size, now)
            .await?;
    }
    for conflict in &wish.conflicts {
        tx.knowledge_note_likely(conflict, now).await?;
    }
    Ok((entry.id, scope.full_name()))
}

async fn rewrite(
    tx: &mut TenantTx,
    entry: &Entry,
    wish: &Wish,
    scope: &Scope,
    task_size: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let (context, content) = changed(tx, &wish.change).await?;
    let profile = match &wish.text {
        Some(ahead) => ahead.profile_of(&context, &content),
        None => profiled(&context, &content),
    };
    let new = NewEntry {
        id: entry.id.clone(),
        content,
        context,
        task_size,
        profile: profile.into(),
    };
    tx.knowledge_forget_likely(&entry.id).await?;
    tx.knowledge_update_entry(&new, &scope.id, now).await
}
