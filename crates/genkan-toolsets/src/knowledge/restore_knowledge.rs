//! `knowledge_restore_knowledge`: an earlier text of an entry holds again.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx, knowledge::NewEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, profiled::profiled, write::write};
use crate::typed::{About, TypedTool};

/// Restores an earlier version.
pub(super) struct RestoreKnowledge(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
    /// As knowledge_get_history numbers it
    version: i64,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    scope: String,
}

#[async_trait]
impl TypedTool for RestoreKnowledge {
    const ABOUT: About = About {
        name: "knowledge_restore_knowledge",
        title: "Restore an earlier version",
        description: "Gives an entry the content, keywords and task size of an earlier version. Its scope stays; \
                      what it is now becomes a version too.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        // Read before the write, so that the writer is not kept waiting by it. What a version says
        // never changes.
        let restored = {
            let mut tx = self.0.read(ctx.tenant()).await?;
            restored(&mut tx, &arguments).await?
        };
        let answer = write(&self.0, ctx, restored, |tx, restored, now| {
            Box::pin(restore(tx, restored, now))
        })
        .await?;
        Ok(answer)
    }
}

/// The entry as it was in the version.
async fn restored(tx: &mut TenantTx, wish: &Arguments) -> Result<NewEntry> {
    let entry = existing::entry(tx, "id", &wish.id).await?;
    let versions = tx.knowledge_versions(&entry.id).await?;
    let version = versions.into_iter().find(|one| one.version == wish.version);
    let version = version.ok_or_else(|| {
        let message = format!("`version`: the entry has no version {}", wish.version);
        Error::new(Code::NoSuchItem, message)
            .hint("List the versions with `knowledge_get_history`; only the latest 50 are kept.")
    })?;
    Ok(NewEntry {
        id: entry.id,
        profile: profiled(&version.context, &version.content).into(),
        content: version.content,
        context: version.context,
        task_size: version.task_size,
    })
}

async fn restore(tx: &mut TenantTx, restored: Arc<NewEntry>, now: Timestamp) -> Result<Answer> {
    let entry = existing::entry(tx, "id", &restored.id).await?;
    tx.knowledge_update_entry(&restored, &entry.scope, now)
        .await?;
    let scope = tx.knowledge_get_scope(&entry.scope).await?;
    Ok(Answer {
        id: entry.id,
        scope: scope.full_name(),
    })
}
