//! `knowledge_inspect_conflict`: entries side by side, whole, whether they are still found or not.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{Store, TenantTx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    existing,
    search::{Profile, similarity::similarity},
};
use crate::typed::{About, TypedTool};

/// How many entries may be compared.
const COMPARED: std::ops::RangeInclusive<usize> = 2..=10;

/// Shows the entries of a conflict.
pub(super) struct InspectConflict(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// 2-10 entries
    ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    entries: Vec<Side>,
}

#[derive(Serialize, JsonSchema)]
struct Side {
    id: String,
    scope: String,
    context: String,
    content: String,
    suppressed: bool,
    /// To the first, 0-1
    similarity: f64,
}

#[async_trait]
impl TypedTool for InspectConflict {
    const ABOUT: About = About {
        name: "knowledge_inspect_conflict",
        title: "Inspect a knowledge conflict",
        description: "Shows entries side by side, suppressed ones too, and how alike each is to the first. Decide then with knowledge_resolve_knowledge_conflict.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let ids = arguments.ids;
        if !COMPARED.contains(&ids.len()) {
            let message = format!("`ids` has {} entries; 2–10 are allowed", ids.len());
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let mut tx = self.0.read(ctx.tenant()).await?;
        let mut entries = Vec::with_capacity(ids.len());
        let mut first: Option<Profile> = None;
        for (place, id) in ids.iter().enumerate() {
            let (mut side, profile) = side(&mut tx, &format!("ids[{place}]"), id).await?;
            let first = first.get_or_insert_with(|| profile.clone());
            let alike = similarity(
                (&first.terms, &first.frequencies),
                (&profile.terms, &profile.frequencies),
            );
            side.similarity = (alike * 100.0).round() / 100.0;
            entries.push(side);
        }
        Ok(Answer { entries })
    }
}

async fn side(tx: &mut TenantTx, argument: &str, id: &str) -> Result<(Side, Profile)> {
    let entry = existing::entry(tx, argument, id).await?;
    let scope = tx.knowledge_get_scope(&entry.scope).await?;
    let text = tx.knowledge_get_entry_text(&entry.id).await?;
    let profile = Profile::of(&text.context, &text.content);
    let side = Side {
        id: entry.id,
        scope: scope.full_name(),
        context: text.context,
        content: text.content,
        suppressed: entry.suppressed != 0,
        similarity: 0.0,
    };
    Ok((side, profile))
}
