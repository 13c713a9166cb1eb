//! `zulip_get_channel_topics`: what is talked about in a channel.

use super::{
    acting::{Chat, Who},
    named::Named,
    topics::{self, Topic},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists topics.
pub(super) struct GetChannelTopics(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// How many
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1000))]
    limit: usize,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn hundred() -> usize {
    100
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    topics: Vec<Topic>,
    total: usize,
}

#[async_trait]
impl TypedTool for GetChannelTopics {
    const ABOUT: About = About {
        name: "zulip_get_channel_topics",
        title: "List topics of a channel",
        description: "Lists the topics of a channel, the one with the newest message first.",
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
        if !(1..=1_000).contains(&arguments.limit) {
            let message = "`limit` is from 1 to 1000";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let channel = acting.channel(&arguments.channel).await?;
        let mut topics = topics::of(&acting, channel.id).await?;
        let total = topics.len();
        topics.truncate(arguments.limit);
        Ok(Answer { topics, total })
    }
}
