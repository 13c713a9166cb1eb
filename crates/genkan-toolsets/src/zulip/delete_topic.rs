//! `zulip_delete_topic`: a topic with all its messages, gone for everybody.

use std::time::Duration;

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    acting::{Chat, Who},
    client::Form,
    named::Named,
    topics, when,
};
use crate::typed::{About, TypedTool};

/// Deletes a topic.
pub(super) struct DeleteTopic(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// Exactly this one
    topic: String,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// False if there were too many messages for one call; call again
    complete: bool,
}

#[async_trait]
impl TypedTool for DeleteTopic {
    const ABOUT: About = About {
        name: "zulip_delete_topic",
        title: "Delete a chat topic",
        description: "Deletes a topic with all its messages, for everybody. They cannot be brought back. Mostly for administrators.",
        effect: Effect::Changes,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Write),
    };
    const DEADLINE: Option<Duration> = Some(Duration::from_secs(600));
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let channel = acting.channel(&arguments.channel).await?;
        topics::get(&acting, &channel, &arguments.topic).await?;
        let path = ["streams", &channel.id.to_string(), "delete_topic"];
        // A server stops after 50 seconds and wants to be asked again.
        for round in 1..=MOST_ROUNDS {
            let form = Form::new().text("topic_name", arguments.topic.clone());
            let (zulip, identity) = (&acting.zulip, &acting.identity);
            let told = zulip.change_slowly(identity, Method::POST, &path, form, ROUND);
            let told = told.await?;
            if told["complete"] != Value::Bool(false) {
                return Ok(Answer { complete: true });
            }
            ctx.progress(when::progress(round), None, "rounds of messages deleted");
        }
        Ok(Answer { complete: false })
    }
}

/// How often the server is asked to go on.
const MOST_ROUNDS: u64 = 100;
/// How long one round may take.
const ROUND: Duration = Duration::from_secs(90);
