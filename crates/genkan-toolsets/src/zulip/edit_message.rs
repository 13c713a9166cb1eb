//! `zulip_edit_message`: other words, another topic or another channel for a message.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Edits a message.
pub(super) struct EditMessage(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Its id
    message_id: u64,
    /// The new Markdown
    #[serde(default)]
    #[schemars(with = "String")]
    content: Option<String>,
    /// The new topic
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// The new channel, by name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    channel: Option<Named>,
    /// Which messages of the topic move along
    #[serde(default)]
    propagate_mode: Propagate,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) enum Propagate {
    #[default]
    #[serde(rename = "change_one")]
    One,
    #[serde(rename = "change_later")]
    Later,
    #[serde(rename = "change_all")]
    All,
}

impl Propagate {
    const fn as_str(self) -> &'static str {
        match self {
            Self::One => "change_one",
            Self::Later => "change_later",
            Self::All => "change_all",
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    id: u64,
}

#[async_trait]
impl TypedTool for EditMessage {
    const ABOUT: About = About {
        name: "zulip_edit_message",
        title: "Edit a chat message",
        description: "Changes the content, topic or channel of a message. With propagate_mode, other messages of the topic move along.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let id = arguments.message_id;
        let (content, topic) = (arguments.content, arguments.topic);
        if content.is_none() && topic.is_none() && arguments.channel.is_none() {
            let message = "nothing to change: give `content`, `topic` or `channel`";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let limits = acting.zulip.limits(&acting.identity).await?;
        let mut form = Form::new();
        if let Some(content) = content {
            limits.check_content(&content)?;
            form = form.text("content", content);
        }
        let moves = topic.is_some() || arguments.channel.is_some();
        if let Some(topic) = topic {
            limits.check_topic(&topic)?;
            form = form.text("topic", topic);
        }
        if let Some(channel) = &arguments.channel {
            form = form.json("stream_id", &acting.channel(channel).await?.id);
        }
        if moves {
            form = form.text("propagate_mode", arguments.propagate_mode.as_str());
        }
        acting
            .change(Method::PATCH, &["messages", &id.to_string()], form)
            .await?;
        Ok(Answer { id })
    }
}
