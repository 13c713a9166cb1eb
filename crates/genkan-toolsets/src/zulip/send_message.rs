//! `zulip_send_message`: a message to a channel or to people.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    acting::{Acting, Chat, Who},
    client,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Sends a message.
pub(super) struct SendMessage(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// channel or direct
    r#type: Kind,
    /// The channel, or one or several people, by name or id
    to: To,
    /// Markdown, up to 10,000 characters
    content: String,
    /// Of a message to a channel, up to 60 characters
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Kind {
    Channel,
    Direct,
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(super) enum To {
    One(Named),
    Several(Vec<Named>),
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
}

#[async_trait]
impl TypedTool for SendMessage {
    const ABOUT: About = About {
        name: "zulip_send_message",
        title: "Send a chat message",
        description: "Sends a message to a channel (with a topic) or directly to people. Markdown passes as it is. Returns the id.",
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
        let recipient = recipient(&acting, arguments.r#type, arguments.to, arguments.topic).await?;
        let content = arguments.content;
        let message = client::Message { recipient, content };
        let id = acting.zulip.send(&acting.identity, &message).await?;
        Ok(Answer { id })
    }
}

/// The most people of one message.
const MOST: usize = 100;

/// To whom it goes. Names are looked up, so that nothing goes to somebody else.
pub(super) async fn recipient(
    acting: &Acting,
    kind: Kind,
    to: To,
    topic: Option<String>,
) -> Result<client::Recipient> {
    let to = match to {
        To::One(one) => vec![one],
        To::Several(several) => several,
    };
    let refuse = |message: &'static str| Err(Error::new(Code::InvalidArguments, message));
    match (kind, to.as_slice(), topic) {
        (Kind::Channel, [channel], Some(topic)) if !topic.trim().is_empty() => {
            let channel = json!(acting.channel(channel).await?.id);
            Ok(client::Recipient::Channel { channel, topic })
        }
        (Kind::Channel, [_], _) => refuse("a message to a channel needs a `topic`"),
        (Kind::Channel, ..) => refuse("a message goes to one channel: `to` must name one"),
        (Kind::Direct, _, Some(_)) => refuse("a direct message has no `topic`"),
        (Kind::Direct, [], None) => refuse("`to` names nobody"),
        (Kind::Direct, to, None) if to.len() > MOST => refuse("`to` names more than 100 people"),
        (Kind::Direct, to, None) => {
            let mut people = Vec::new();
            for one in to {
                people.push(acting.user(one).await?.id);
            }
            Ok(client::Recipient::Direct(people))
        }
    }
}
