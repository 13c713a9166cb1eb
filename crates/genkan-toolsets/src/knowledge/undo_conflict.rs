//! `knowledge_undo_conflict`: entries that lost a conflict are found again.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{culprit::quoted, existing, write::write};
use crate::typed::{About, TypedTool};

/// The most entries that one call brings back.
const UNDONE: usize = 50;

/// Takes the resolution of a conflict back.
pub(super) struct UndoConflict(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Entries that lost
    suppressed_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    found_again: Vec<String>,
}

#[async_trait]
impl TypedTool for UndoConflict {
    const ABOUT: About = About {
        name: "knowledge_undo_conflict",
        title: "Undo a conflict's resolution",
        description: "Takes the resolution of a conflict back: the entries that lost are found again beside the one that held.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let mut ids = arguments.suppressed_ids;
        if !(1..=UNDONE).contains(&ids.len()) {
            let message = format!(
                "`suppressed_ids` has {} entries; 1–{UNDONE} are allowed",
                ids.len()
            );
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        ids.sort_unstable();
        ids.dedup();
        let answer = write(&self.0, ctx, ids, |tx, ids, _| Box::pin(undo(tx, ids))).await?;
        Ok(answer)
    }
}

async fn undo(tx: &mut TenantTx, ids: Arc<Vec<String>>) -> Result<Answer> {
    for id in ids.iter() {
        let entry = existing::entry(tx, "suppressed_ids", id).await?;
        if !tx.knowledge_unsuppress(&entry.id).await? {
            let message = format!(
                "`suppressed_ids`: the entry {} lost no conflict",
                quoted(&entry.id)
            );
            return Err(Error::new(Code::Conflict, message)
                .hint("See which did with `knowledge_list_conflicts`."));
        }
    }
    Ok(Answer {
        found_again: ids.to_vec(),
    })
}
