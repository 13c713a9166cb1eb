//! `zulip_remove_reaction`: an emoji taken away from a message.

use super::{acting::Chat, reaction::Arguments};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::Serialize;

/// Removes a reaction.
pub(super) struct RemoveReaction(pub(super) Chat);

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    removed: bool,
}

#[async_trait]
impl TypedTool for RemoveReaction {
    const ABOUT: About = About {
        name: "zulip_remove_reaction",
        title: "Remove a reaction",
        description: "Takes an own reaction away from a message. Says `removed: false` if it was not there.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let message = arguments.message_id;
        let emoji = arguments.emoji();
        let removed = acting
            .zulip
            .remove_reaction(&acting.identity, message, &emoji)
            .await?;
        Ok(Answer { removed })
    }
}
