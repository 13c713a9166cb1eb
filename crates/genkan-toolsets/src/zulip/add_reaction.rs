//! `zulip_add_reaction`: an emoji on a message.

use super::{
    acting::{Chat, Who},
    client::Emoji,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Adds a reaction.
pub(super) struct AddReaction(pub(super) Chat);

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
        let emoji = Emoji {
            name: arguments.emoji_name,
            code: arguments.emoji_code,
            kind: arguments.reaction_type,
        };
        let added = acting
            .zulip
            .add_reaction(&acting.identity, arguments.message_id, &emoji)
            .await?;
        Ok(Answer { added })
    }
}
