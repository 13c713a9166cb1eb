//! `zulip_remove_reaction`: an emoji taken away from a message.

use super::{
    acting::{Chat, Who},
    client::Emoji,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Removes a reaction.
pub(super) struct RemoveReaction(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Its id
    message_id: u64,
    /// Such as thumbs_up
    emoji_name: String,
    /// Where the name has several
    #[serde(default)]
    #[schemars(with = "String")]
    emoji_code: Option<String>,
    /// unicode_emoji, realm_emoji or zulip_extra_emoji
    #[serde(default)]
    #[schemars(with = "String")]
    reaction_type: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

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
        let emoji = Emoji {
            name: arguments.emoji_name,
            code: arguments.emoji_code,
            kind: arguments.reaction_type,
        };
        let removed = acting
            .zulip
            .remove_reaction(&acting.identity, arguments.message_id, &emoji)
            .await?;
        Ok(Answer { removed })
    }
}
