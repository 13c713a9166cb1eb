//! `zulip_resolve_topic`: a topic that is done, or is not after all.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    named::Named,
    topics::{self, Move},
};
use crate::typed::{About, TypedTool};

/// Resolves a topic.
pub(super) struct ResolveTopic(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// By name or id
    channel: Named,
    /// Exactly this one
    topic: String,
    /// Or open again, if false
    #[serde(default = "yes")]
    resolved: bool,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn yes() -> bool {
    true
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Its name now
    topic: String,
    /// False if it was so already
    changed: bool,
}

#[async_trait]
impl TypedTool for ResolveTopic {
    const ABOUT: About = About {
        name: "zulip_resolve_topic",
        title: "Resolve a chat topic",
        description: "Marks a topic as resolved, or opens it again. Zulip writes \"✔ \" before the name of a resolved topic.",
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
        let open = arguments.topic.strip_prefix(MARK);
        let open = open.unwrap_or(&arguments.topic).to_owned();
        let done = format!("{MARK}{open}");
        let (from, topic) = match arguments.resolved {
            true => (open, done),
            false => (done, open),
        };
        let limits = acting.zulip.limits(&acting.identity).await?;
        limits.check_topic(&topic)?;
        let Some(message) = topics::find(&acting, channel.id, &from).await? else {
            topics::get(&acting, &channel, &topic).await?;
            let changed = false;
            return Ok(Answer { topic, changed });
        };
        let goes = Move {
            topic: Some(topic.clone()),
            is_told: true,
            ..Move::default()
        };
        topics::move_all(&acting, message, goes).await?;
        let changed = true;
        Ok(Answer { topic, changed })
    }
}

/// What stands before the name of a resolved topic.
const MARK: &str = "✔ ";
