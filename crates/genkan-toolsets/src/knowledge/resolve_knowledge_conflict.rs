//! `knowledge_resolve_knowledge_conflict`: one entry stays, the others are never shown again.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx, knowledge::Resolution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{culprit::quoted, existing, write::write};
use crate::typed::{About, TypedTool};

/// The most entries that one call suppresses.
const SUPPRESSED: usize = 50;

/// Settles a conflict.
pub(super) struct ResolveKnowledgeConflict(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Entry that holds
    active_id: String,
    /// Entries that no longer hold
    suppressed_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    active_id: String,
    suppressed_ids: Vec<String>,
}

struct Settlement {
    active: String,
    suppressed: Vec<String>,
    resolved_by: String,
}

#[async_trait]
impl TypedTool for ResolveKnowledgeConflict {
    const ABOUT: About = About {
        name: "knowledge_resolve_knowledge_conflict",
        title: "Resolve a knowledge conflict",
        description: "Settles which of several entries holds. The others stay stored but are never found again.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        check(&arguments)?;
        let mut suppressed = arguments.suppressed_ids;
        suppressed.sort_unstable();
        suppressed.dedup();
        let resolved_by = ctx.principal.id.to_string();
        let settlement = Settlement {
            active: arguments.active_id,
            suppressed,
            resolved_by,
        };
        let answer = write(&self.0, ctx, settlement, |tx, wish, now| {
            Box::pin(resolve(tx, wish, now))
        })
        .await?;
        Ok(answer)
    }
}

fn check(arguments: &Arguments) -> Result<()> {
    let count = arguments.suppressed_ids.len();
    if !(1..=SUPPRESSED).contains(&count) {
        let message = format!("`suppressed_ids` has {count} entries; 1–{SUPPRESSED} are allowed");
        return Err(Error::new(Code::InvalidArguments, message));
    }
    if let Some(place) = arguments
        .suppressed_ids
        .iter()
        .position(|id| *id == arguments.active_id)
    {
        let message = format!(
            "`suppressed_ids[{place}]`: {} is `active_id`; an entry cannot lose against itself",
            quoted(&arguments.active_id)
        );
        return Err(Error::new(Code::InvalidArguments, message));
    }
    Ok(())
}

async fn resolve(tx: &mut TenantTx, wish: Arc<Settlement>, now: Timestamp) -> Result<Answer> {
    let active = existing::entry(tx, "active_id", &wish.active).await?;
    if active.suppressed != 0 {
        let message = format!(
            "`active_id`: the entry {} lost an earlier conflict",
            quoted(&active.id)
        );
        return Err(Error::new(Code::Conflict, message)
            .hint("Name an entry that is still found as the active one."));
    }
    for id in &wish.suppressed {
        let suppressed = existing::entry(tx, "suppressed_ids", id).await?;
        let resolution = Resolution {
            active: &active.id,
            suppressed: &suppressed.id,
            resolved_by: &wish.resolved_by,
            now,
        };
        tx.knowledge_suppress(resolution).await?;
    }
    Ok(Answer {
        active_id: active.id,
        suppressed_ids: wish.suppressed.clone(),
    })
}
