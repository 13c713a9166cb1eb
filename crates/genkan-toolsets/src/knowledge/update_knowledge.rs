//! `knowledge_update_knowledge`: another text, other keywords, another place for an entry.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Entry, NewEntry, Scope},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change, existing,
    name::ScopeName,
    search::Profile,
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
    #[serde(default)]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    scope: String,
}

struct Change {
    id: String,
    content: Option<String>,
    context: Option<String>,
    scope: Option<ScopeName>,
    task_size: Option<TaskSize>,
}

#[async_trait]
impl TypedTool for UpdateKnowledge {
    const ABOUT: About = About {
        name: "knowledge_update_knowledge",
        title: "Update a knowledge entry",
        description: "Changes the content, keywords, scope or task size of an entry; what is left out stays.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let change = read(arguments)?;
        let answer = write(&self.0, ctx, change, |tx, change, now| {
            Box::pin(update(tx, change, now))
        })
        .await?;
        Ok(answer)
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

async fn update(tx: &mut TenantTx, change: Arc<Change>, now: Timestamp) -> Result<Answer> {
    let entry = existing::entry(tx, "id", &change.id).await?;
    let scope = match &change.scope {
        Some(name) => existing::scope(tx, "scope", name).await?,
        None => tx.knowledge_get_scope(&entry.scope).await?,
    };
    let task_size = change.task_size.map(TaskSize::stored).or(entry.task_size);
    if change.content.is_some() || change.context.is_some() {
        rewrite(tx, &entry, &change, &scope, task_size, now).await?;
    } else {
        tx.knowledge_move_entry(&entry.id, &scope.id, task_size, now)
            .await?;
    }
    Ok(Answer {
        id: entry.id,
        scope: scope.full_name(),
    })
}

async fn rewrite(
    tx: &mut TenantTx,
    entry: &Entry,
    change: &Change,
    scope: &Scope,
    task_size: Option<i64>,
    now: Timestamp,
) -> Result<()> {
    let text = tx.knowledge_get_entry_text(&entry.id).await?;
    let content = change.content.clone().unwrap_or(text.content);
    let context = change.context.clone().unwrap_or(text.context);
    let profile = Profile::of(&context, &content).into();
    let new = NewEntry {
        id: entry.id.clone(),
        content,
        context,
        task_size,
        profile,
    };
    tx.knowledge_forget_likely(&entry.id).await?;
    tx.knowledge_update_entry(&new, &scope.id, now).await
}
