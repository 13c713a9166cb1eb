//! `knowledge_delete_knowledge`: away with one entry.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, write::write};
use crate::typed::{About, TypedTool};

/// Deletes an entry.
pub(super) struct DeleteKnowledge(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
}

#[async_trait]
impl TypedTool for DeleteKnowledge {
    const ABOUT: About = About {
        name: "knowledge_delete_knowledge",
        title: "Delete a knowledge entry",
        description: "Deletes an entry, for good. Prefer updating one that is out of date.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let answer = write(&self.0, ctx, arguments.id, |tx, id, _| {
            Box::pin(delete(tx, id))
        })
        .await?;
        Ok(answer)
    }
}

async fn delete(tx: &mut TenantTx, id: Arc<String>) -> Result<Answer> {
    let entry = existing::entry(tx, "id", &id).await?;
    tx.knowledge_delete_entry(&entry.id).await?;
    Ok(Answer { id: entry.id })
}
