//! `zulip_cross_post_message`: the same message in several channels.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    acting::{Acting, Chat, Who},
    client,
    failure::Failure,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Sends to several channels.
pub(super) struct CrossPostMessage(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    #[schemars(length(min = 1, max = 50))]
    channels: Vec<Named>,
    /// The same in each
    topic: String,
    /// Markdown
    content: String,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// One for each channel, in order
    results: Vec<Sent>,
    sent: usize,
}

/// What became of it in one channel.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Sent {
    /// As it was given
    channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Failure")]
    error: Option<Failure>,
}

#[async_trait]
impl TypedTool for CrossPostMessage {
    const ABOUT: About = About {
        name: "zulip_cross_post_message",
        title: "Send a chat message to channels",
        description: "Sends the same message to several channels. Each has its own result; one that fails does not keep the others back.",
        effect: Effect::Adds,
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
        if !(1..=MOST).contains(&arguments.channels.len()) {
            let message = "`channels` names from 1 to 50 channels";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let limits = acting.zulip.limits(&acting.identity).await?;
        limits.check_topic(&arguments.topic)?;
        limits.check_content(&arguments.content)?;
        let mut results = Vec::new();
        for named in &arguments.channels {
            let sent = send(&acting, named, &arguments.topic, &arguments.content).await;
            let (id, error) = match sent {
                Ok(id) => (Some(id), None),
                Err(error) => (None, Some(error.into())),
            };
            let channel = named.to_string();
            results.push(Sent { channel, id, error });
        }
        let sent = results.iter().filter(|sent| sent.id.is_some()).count();
        Ok(Answer { results, sent })
    }
}

/// The most channels of one call.
const MOST: usize = 50;

async fn send(acting: &Acting, named: &Named, topic: &str, content: &str) -> Result<u64> {
    let channel = json!(acting.channel(named).await?.id);
    let (topic, content) = (topic.to_owned(), content.to_owned());
    let recipient = client::Recipient::Channel { channel, topic };
    let message = client::Message { recipient, content };
    acting.zulip.send(&acting.identity, &message).await
}
