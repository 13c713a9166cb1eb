//! `knowledge_set_search_privacy`: whether one's own searches count in what the team sees of searches.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use genkan_store::Store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::write::write;
use crate::typed::{About, TypedTool};

/// Sets the caller's privacy.
pub(super) struct SetSearchPrivacy(pub(super) Store);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Whether nothing of my searches is counted from now on
    private: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    private: bool,
}

#[async_trait]
impl TypedTool for SetSearchPrivacy {
    const ABOUT: About = About {
        name: "knowledge_set_search_privacy",
        title: "Keep my searches private",
        description: "Says whether the caller's own searches are left out of search analytics. Those never name anybody, either way.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("knowledge", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let private = arguments.private;
        let wish = (ctx.principal.id.to_string(), private);
        write(&self.0, ctx, wish, |tx, wish: Arc<(String, bool)>, now| {
            Box::pin(async move { tx.knowledge_set_usage_private(&wish.0, wish.1, now).await })
        })
        .await?;
        Ok(Answer { private })
    }
}
