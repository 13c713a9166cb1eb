//! `zulip_get_channel_info`: one channel, who is in it and what is talked about.

use super::{
    acting::{Chat, Who},
    client::Form,
    lists::Channel,
    named::Named,
    topics::{self, Topic},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, Timestamp, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Describes a channel.
pub(super) struct GetChannelInfo(pub(super) Chat);

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
    channel: Channel,
    /// RFC 3339, UTC
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    created: Option<String>,
    subscribers: usize,
    /// The newest
    topics: Vec<Topic>,
}

#[async_trait]
impl TypedTool for GetChannelInfo {
    const ABOUT: About = About {
        name: "zulip_get_channel_info",
        title: "Describe a chat channel",
        description: "Describes a channel: its description, since when it is there, how many are in it, and its ten newest topics.",
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
        let channel = acting.channel(&arguments.channel).await?;
        let id = channel.id.to_string();
        let told = acting.get(&["streams", &id], Form::new()).await?;
        let members = acting
            .get(&["streams", &id, "members"], Form::new())
            .await?;
        let created = told["stream"]["date_created"].as_i64();
        let mut topics = topics::of(&acting, channel.id).await?;
        topics.truncate(NEWEST);
        Ok(Answer {
            channel,
            created: created.map(|at| Timestamp::from_millis(at.saturating_mul(1_000)).to_string()),
            subscribers: members["subscribers"].as_array().map_or(0, Vec::len),
            topics,
        })
    }
}

/// How many topics are told.
const NEWEST: usize = 10;
