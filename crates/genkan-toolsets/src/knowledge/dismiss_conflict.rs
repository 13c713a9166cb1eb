//! `knowledge_dismiss_conflict`: entries that look as if they contradicted each other, but do not.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Code, Error, Result, Stop, Timestamp, permission::Action, toolset::Effect,
};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{culprit::quoted, existing, write::write};
use crate::typed::{About, TypedTool};

/// The most pairs that one call dismisses.
const DISMISSED: usize = 50;

/// Dismisses likely conflicts.
pub(super) struct DismissConflict(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
    /// Entries that do not contradict it
    other_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    dismissed: Vec<String>,
}

struct Dismissal {
    id: String,
    others: Vec<String>,
    by: String,
}

#[async_trait]
impl TypedTool for DismissConflict {
    const ABOUT: About = About {
        name: "knowledge_dismiss_conflict",
        title: "Dismiss a likely conflict",
        description: "Says that entries which were reported as a likely conflict do not contradict each other. Both stay, and the pair is reported again only if it becomes more alike.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let mut others = arguments.other_ids;
        if !(1..=DISMISSED).contains(&others.len()) {
            let count = others.len();
            let message = format!("`other_ids` has {count} entries; 1–{DISMISSED} are allowed");
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        others.sort_unstable();
        others.dedup();
        let dismissal = Dismissal {
            id: arguments.id,
            others,
            by: ctx.principal.id.to_string(),
        };
        let answer = write(&self.0, ctx, dismissal, |tx, wish, now| {
            Box::pin(dismiss(tx, wish, now))
        })
        .await?;
        Ok(answer)
    }
}

async fn dismiss(tx: &mut TenantTx, wish: Arc<Dismissal>, now: Timestamp) -> Result<Answer> {
    let id = existing::entry(tx, "id", &wish.id).await?.id;
    for other in &wish.others {
        let other = existing::entry(tx, "other_ids", other).await?.id;
        if !tx
            .knowledge_dismiss_likely((&id, &other), &wish.by, now)
            .await?
        {
            let message = format!(
                "`other_ids`: {} is no likely conflict of {}",
                quoted(&other),
                quoted(&id)
            );
            return Err(Error::new(Code::Conflict, message)
                .hint("See which are with `knowledge_list_conflicts`."));
        }
    }
    Ok(Answer {
        id,
        dismissed: wish.others.clone(),
    })
}
