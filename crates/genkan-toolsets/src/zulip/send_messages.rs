//! `zulip_send_messages`: several messages, each with its own outcome.

use super::{
    acting::{Acting, Chat, Who},
    client,
    failure::Failure,
    send_message::{Kind, To, recipient},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sends messages.
pub(super) struct SendMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// In this order
    #[schemars(length(min = 1, max = 50))]
    messages: Vec<One>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

/// One of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct One {
    r#type: Kind,
    to: To,
    content: String,
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// One for each message, in order
    results: Vec<Sent>,
    sent: usize,
}

/// What became of one.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Sent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Failure")]
    error: Option<Failure>,
}

#[async_trait]
impl TypedTool for SendMessages {
    const ABOUT: About = About {
        name: "zulip_send_messages",
        title: "Send several chat messages",
        description: "Sends messages one after the other. Each has its own result; one that fails does not keep the others back.",
        effect: Effect::Adds,
        idempotent: false,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        if !(1..=MOST).contains(&arguments.messages.len()) {
            let message = "`messages` holds from 1 to 50";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let mut results = Vec::new();
        for one in arguments.messages {
            results.push(match send(&acting, one).await {
                Ok(id) => Sent {
                    id: Some(id),
                    error: None,
                },
                Err(error) => Sent {
                    id: None,
                    error: Some(error.into()),
                },
            });
        }
        let sent = results.iter().filter(|sent| sent.id.is_some()).count();
        Ok(Answer { results, sent })
    }
}

/// The most messages of one call.
const MOST: usize = 50;

async fn send(acting: &Acting, one: One) -> Result<u64> {
    let recipient = recipient(acting, one.r#type, one.to, one.topic).await?;
    let content = one.content;
    let message = client::Message { recipient, content };
    acting.zulip.send(&acting.identity, &message).await
}
