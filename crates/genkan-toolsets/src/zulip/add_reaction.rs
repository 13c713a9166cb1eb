//! `zulip_add_reaction`: an emoji on a message.

use super::{acting::Chat, reaction::Arguments};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::Serialize;

/// Adds a reaction.
pub(super) struct AddReaction(pub(super) Chat);

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    added: bool,
}

#[async_trait]
impl TypedTool for AddReaction {
    const ABOUT: About = About {
        name: "zulip_add_reaction",
        title: "Add a reaction",
        description: "Reacts to a message with an emoji. Says `added: false` if it was there.",
        effect: Effect::Adds,
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
        let added = acting
            .zulip
            .add_reaction(&acting.identity, message, &emoji)
            .await?;
        Ok(Answer { added })
    }
}
