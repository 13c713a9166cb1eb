//! `zulip_delete_message`: a message, gone for everybody.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
};
use crate::typed::{About, TypedTool};

/// Deletes a message.
pub(super) struct DeleteMessage(pub(super) Chat);

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
    id: u64,
}

#[async_trait]
impl TypedTool for DeleteMessage {
    const ABOUT: About = About {
        name: "zulip_delete_message",
        title: "Delete a chat message",
        description: "Deletes a message for everybody. It cannot be brought back.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let id = arguments.message_id;
        acting
            .change(Method::DELETE, &["messages", &id.to_string()], Form::new())
            .await?;
        Ok(Answer { id })
    }
}
