//! `knowledge_list_conflicts`: entries that may contradict each other, those that somebody found not to,
//! and conflicts that were settled.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::{
    Store,
    knowledge::{DismissedConflict, LikelyConflict, ListedConflicts, ResolvedConflict},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{existing, name::ScopeName};
use crate::typed::{About, TypedTool};

/// The most conflicts of each kind that are listed.
const LISTED: i64 = 100;

/// Lists conflicts.
pub(super) struct ListConflicts(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only those of this entry
    #[serde(default)]
    #[schemars(with = "String")]
    id: Option<String>,
    /// Only those with an entry of this namespace:scope
    #[serde(default)]
    #[schemars(with = "String")]
    scope: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    likely: Vec<Likely>,
    dismissed: Vec<Dismissed>,
    resolved: Vec<Resolved>,
}

#[derive(Serialize, JsonSchema)]
struct Likely {
    id: String,
    other_id: String,
    /// In hundredths
    similarity: i64,
}

#[derive(Serialize, JsonSchema)]
struct Dismissed {
    id: String,
    other_id: String,
    dismissed_by: String,
    /// Milliseconds since 1970
    dismissed: i64,
}

#[derive(Serialize, JsonSchema)]
struct Resolved {
    active_id: String,
    suppressed_id: String,
    resolved_by: String,
    /// Milliseconds since 1970
    resolved: i64,
}

#[async_trait]
impl TypedTool for ListConflicts {
    const ABOUT: About = About {
        name: "knowledge_list_conflicts",
        title: "List knowledge conflicts",
        description: "Lists entries that may contradict each other, as found when they were written, and what was dismissed or resolved; the newest 100 of each.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let mut tx = self.0.read(ctx.tenant()).await?;
        let id = match arguments.id {
            Some(id) => existing::entry(&mut tx, "id", &id).await?.id,
            None => String::new(),
        };
        let scope = match arguments.scope {
            Some(name) => {
                let name = ScopeName::parse("scope", &name)?;
                existing::scope(&mut tx, "scope", &name).await?.id
            }
            None => String::new(),
        };
        let listed = ListedConflicts {
            entry: &id,
            scope: &scope,
            most: LISTED,
        };
        let likely = tx.knowledge_likely_conflicts(listed).await?;
        let dismissed = tx.knowledge_dismissed_conflicts(listed).await?;
        let resolved = tx.knowledge_resolved_conflicts(listed).await?;
        Ok(Answer {
            likely: likely.into_iter().map(Likely::from).collect(),
            dismissed: dismissed.into_iter().map(Dismissed::from).collect(),
            resolved: resolved.into_iter().map(Resolved::from).collect(),
        })
    }
}

impl From<DismissedConflict> for Dismissed {
    fn from(stored: DismissedConflict) -> Self {
        Self {
            id: stored.entry,
            other_id: stored.other,
            dismissed_by: stored.dismissed_by,
            dismissed: stored.dismissed,
        }
    }
}

impl From<LikelyConflict> for Likely {
    fn from(stored: LikelyConflict) -> Self {
        Self {
            id: stored.entry,
            other_id: stored.other,
            similarity: stored.similarity,
        }
    }
}

impl From<ResolvedConflict> for Resolved {
    fn from(stored: ResolvedConflict) -> Self {
        Self {
            active_id: stored.active,
            suppressed_id: stored.suppressed,
            resolved_by: stored.resolved_by,
            resolved: stored.resolved,
        }
    }
}
