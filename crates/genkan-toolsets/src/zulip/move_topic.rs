//! `zulip_move_topic`: all messages of a topic, under another name or in another channel.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    named::Named,
    topics::{self, Move},
};
use crate::typed::{About, TypedTool};

/// Moves a topic.
pub(super) struct MoveTopic(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// Exactly this one
    topic: String,
    /// Its new name
    #[serde(default)]
    #[schemars(with = "String")]
    new_topic: Option<String>,
    /// Its new channel, by name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    new_channel: Option<Named>,
    /// Whether a message in each place tells of it
    #[serde(default)]
    notify: bool,
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
impl TypedTool for MoveTopic {
    const ABOUT: About = About {
        name: "zulip_move_topic",
        title: "Move a chat topic",
        description: "Moves all messages of a topic: to another name, another channel, or both. A topic that is there already is joined.",
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
        if arguments.new_topic.is_none() && arguments.new_channel.is_none() {
            let message = "nowhere to go: give `new_topic` or `new_channel`";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let limits = acting.zulip.limits(&acting.identity).await?;
        if let Some(topic) = &arguments.new_topic {
            limits.check_topic(topic)?;
        }
        let from = acting.channel(&arguments.channel).await?;
        let to = match &arguments.new_channel {
            Some(named) => Some(acting.channel(named).await?),
            None => None,
        };
        let message = topics::get(&acting, &from, &arguments.topic).await?;
        let goes = Move {
            topic: arguments.new_topic.clone(),
            channel: to.as_ref().map(|channel| channel.id),
            is_told: arguments.notify,
        };
        topics::move_all(&acting, message, goes).await?;
        Ok(Answer {
            channel: to.unwrap_or(from).name,
            topic: arguments.new_topic.unwrap_or(arguments.topic),
        })
    }
}
