//! `knowledge_get_history`: what an entry was before, who changed it and when.

use std::collections::HashMap;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{Scope, Version},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, task_size::TaskSize};
use crate::typed::{About, TypedTool};

/// How many characters of each content are shown, so that the answer stays within its bounds.
const SHOWN: usize = 2_000;

/// Shows the history of an entry.
pub(super) struct GetHistory(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    /// Latest first
    versions: Vec<Earlier>,
}

/// What an entry was before a change.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Earlier {
    version: i64,
    changed_at: String,
    changed_by: String,
    /// Absent where the scope is gone
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    scope: Option<String>,
    context: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
    content: String,
    /// Whether the content goes on
    is_cut: bool,
}

#[async_trait]
impl TypedTool for GetHistory {
    const ABOUT: About = About {
        name: "knowledge_get_history",
        title: "Show the history of an entry",
        description: "Shows what an entry was before each change, who changed it and when.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let mut tx = self.0.read(ctx.tenant()).await?;
        Ok(history(&mut tx, &arguments.id).await?)
    }
}

async fn history(tx: &mut TenantTx, id: &str) -> Result<Answer> {
    let entry = existing::entry(tx, "id", id).await?;
    let scopes = tx.knowledge_scopes().await?;
    let names: HashMap<&str, String> = scopes
        .iter()
        .map(|scope: &Scope| (scope.id.as_str(), scope.full_name()))
        .collect();
    let versions = tx.knowledge_versions(&entry.id).await?.into_iter();
    let shown = |version: Version| Earlier {
        version: version.version,
        changed_at: Timestamp::from_millis(version.changed).to_string(),
        changed_by: version.author,
        scope: names.get(version.scope.as_str()).cloned(),
        context: version.context,
        task_size: version.task_size.and_then(TaskSize::from_stored),
        is_cut: version.content.chars().nth(SHOWN).is_some(),
        content: version.content.chars().take(SHOWN).collect(),
    };
    Ok(Answer {
        versions: versions.map(shown).collect(),
        id: entry.id,
    })
}
