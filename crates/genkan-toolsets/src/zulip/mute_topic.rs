//! `zulip_mute_topic`: how much of a topic one hears of.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    mutes::Visibility,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Mutes a topic.
pub(super) struct MuteTopic(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// Exactly this one
    topic: String,
    #[serde(default)]
    visibility: Visibility,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    channel: String,
    topic: String,
}

#[async_trait]
impl TypedTool for MuteTopic {
    const ABOUT: About = About {
        name: "zulip_mute_topic",
        title: "Mute or follow a chat topic",
        description: "Mutes a topic for oneself, unmutes it within a muted channel, follows it, or treats it like its channel (default).",
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
        let channel = acting.channel(&arguments.channel).await?;
        let limits = acting.zulip.limits(&acting.identity).await?;
        limits.check_topic(&arguments.topic)?;
        let form = Form::new()
            .json("stream_id", &channel.id)
            .text("topic", arguments.topic.clone())
            .json("visibility_policy", &arguments.visibility.number());
        acting.change(Method::POST, &["user_topics"], form).await?;
        let (channel, topic) = (channel.name, arguments.topic);
        Ok(Answer { channel, topic })
    }
}
