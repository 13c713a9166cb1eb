//! `zulip_archive_channel`: a channel that nobody writes to any more.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Archives a channel.
pub(super) struct ArchiveChannel(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
    name: String,
}

#[async_trait]
impl TypedTool for ArchiveChannel {
    const ABOUT: About = About {
        name: "zulip_archive_channel",
        title: "Archive a chat channel",
        description: "Archives a channel: everybody is unsubscribed and nobody can write to it any more. Whoever acts must be allowed to administer it.",
        effect: Effect::Changes,
        idempotent: false,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let channel = acting.channel(&arguments.channel).await?;
        let path = ["streams", &channel.id.to_string()];
        let archived = acting.change(Method::DELETE, &path, Form::new()).await;
        acting.forget_channels();
        archived?;
        let (id, name) = (channel.id, channel.name);
        Ok(Answer { id, name })
    }
}
