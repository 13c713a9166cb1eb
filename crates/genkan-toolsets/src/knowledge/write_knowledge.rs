//! `knowledge_write_knowledge`: a new entry, and which existing ones it may repeat or contradict.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use genkan_store::{
    Store, TenantTx,
    knowledge::{LikelyConflict, NewEntry, Profile as StoredProfile},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    conflicts::{self, Coming, Conflict},
    existing,
    name::ScopeName,
    profiled::profiled,
    search::Profile,
    task_size::TaskSize,
    text::{self, Words},
    write::{fresh_id, write},
};
use crate::typed::{About, TypedTool};

/// Writes an entry.
pub(super) struct WriteKnowledge(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The knowledge, complete in itself
    content: String,
    /// 1-20 keywords of 2-32 characters by which others will search
    context: Words,
    /// namespace:scope
    scope: String,
    /// Largest task it helps with; all if absent
    #[serde(default)]
    #[schemars(with = "TaskSize")]
    task_size: Option<TaskSize>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: String,
    conflicts: Vec<Conflict>,
}

struct New {
    scope: ScopeName,
    entry: NewEntry,
    conflicts: Vec<LikelyConflict>,
}

#[async_trait]
impl TypedTool for WriteKnowledge {
    const ABOUT: About = About {
        name: "knowledge_write_knowledge",
        title: "Write a knowledge entry",
        description: "Stores one piece of team knowledge in a scope. Returns its id and entries that may say \
                      the same or the opposite; settle those with knowledge_resolve_knowledge_conflict.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("knowledge", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let scope = ScopeName::parse("scope", &arguments.scope)?;
        let context = text::context("context", &arguments.context)?;
        text::content("content", &arguments.content)?;
        let profile = profiled(&context, &arguments.content);
        // Looked for before the write, so that the writer is not kept waiting by a search.
        let conflicts = {
            let mut tx = self.0.read(ctx.tenant()).await?;
            let coming = Coming {
                scope: &scope,
                id: None,
                context: &context,
                content: &arguments.content,
                profile: &profile,
            };
            conflicts::likely(&mut tx, &coming).await?
        };
        let id = fresh_id(ctx);
        let entry = NewEntry {
            id: id.clone(),
            content: arguments.content,
            context,
            task_size: arguments.task_size.map(TaskSize::stored),
            profile: profile.into(),
        };
        let new = New {
            scope,
            entry,
            conflicts: conflicts.iter().map(|found| found.noted(&id)).collect(),
        };
        write(&self.0, ctx, new, |tx, new, now| {
            Box::pin(create(tx, new, now))
        })
        .await?;
        Ok(Answer { id, conflicts })
    }
}

async fn create(tx: &mut TenantTx, new: Arc<New>, now: Timestamp) -> Result<()> {
    let scope = existing::scope(tx, "scope", &new.scope).await?;
    tx.knowledge_create_entry(&new.entry, &scope.id, now)
        .await?;
    for conflict in &new.conflicts {
        tx.knowledge_note_likely(conflict, now).await?;
    }
    Ok(())
}

impl From<Profile> for StoredProfile {
    fn from(profile: Profile) -> Self {
        Self {
            terms: profile.terms,
            frequencies: profile.frequencies,
            context_length: profile.context_length,
            content_length: profile.content_length,
        }
    }
}
