//! `zulip_get_messages`: the newest messages of a channel, a topic, or all.

use super::{
    acting::{Chat, Who},
    message::Message,
    named::Named,
    narrow::Narrow,
    walk::{Order, Walk},
    when,
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists recent messages.
pub(super) struct GetMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only this one, by name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    channel: Option<Named>,
    /// Only this topic
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// Not older than this
    #[serde(default = "day")]
    #[schemars(range(min = 1, max = 168))]
    hours_back: u32,
    /// How many
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 100))]
    limit: u32,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn day() -> u32 {
    24
}

const fn fifty() -> u32 {
    50
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    messages: Vec<Message>,
    /// Whether there are older ones within the time
    has_more: bool,
}

#[async_trait]
impl TypedTool for GetMessages {
    const ABOUT: About = About {
        name: "zulip_get_messages",
        title: "List recent chat messages",
        description: "Lists the newest messages of the last hours, oldest first, of a channel, a topic, or everything that this identity receives.",
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
        let (hours, limit) = (arguments.hours_back, arguments.limit);
        if !(1..=168).contains(&hours) || !(1..=100).contains(&limit) {
            let message = "`hours_back` is from 1 to 168, and `limit` from 1 to 100";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let mut narrow = Narrow::default();
        if let Some(channel) = &arguments.channel {
            narrow = narrow.channel(acting.channel(channel).await?.id);
        }
        if let Some(topic) = &arguments.topic {
            narrow = narrow.topic(topic);
        }
        let since = when::seconds_ago(ctx, u64::from(hours) * 3_600);
        let mut walk = Walk::new(&acting, &narrow, Order::Newest, None);
        let (mut found, mut is_covered) = (Vec::new(), false);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        while found.len() <= limit && !is_covered {
            // One more shows whether there are more.
            let Some(page) = walk.page(arguments.limit + 1).await? else {
                break;
            };
            for told in page {
                is_covered |= told.timestamp < since;
                if !is_covered {
                    found.push(told);
                }
            }
        }
        let has_more = found.len() > limit;
        found.truncate(limit);
        let messages = found.into_iter().rev().map(|told| told.shown()).collect();
        Ok(Answer { messages, has_more })
    }
}
