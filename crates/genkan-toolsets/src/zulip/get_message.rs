//! `zulip_get_message`: one message.

use super::{
    acting::{Chat, Who},
    client::Form,
    message::{Message, Told},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads a message.
pub(super) struct GetMessage(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Its id
    message_id: u64,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    message: Message,
}

#[async_trait]
impl TypedTool for GetMessage {
    const ABOUT: About = About {
        name: "zulip_get_message",
        title: "Read a chat message",
        description: "Reads one message with its reactions, as Markdown.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let id = arguments.message_id.to_string();
        let query = Form::new().json("apply_markdown", &false);
        let told = acting.get(&["messages", &id], query).await?;
        let message = Told::read(&told["message"])?.shown();
        Ok(Answer { message })
    }
}
