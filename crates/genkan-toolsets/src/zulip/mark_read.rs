//! `zulip_mark_read`: everything unread in a channel, a topic or everywhere.

use super::{
    acting::{Chat, Who},
    flags::{self, Flag, Operation},
    named::Named,
    narrow::Narrow,
    walk::{Order, PAGE, Walk},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Marks as read.
pub(super) struct MarkRead(pub(super) Chat);

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
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    messages: usize,
}

#[async_trait]
impl TypedTool for MarkRead {
    const ABOUT: About = About {
        name: "zulip_mark_read",
        title: "Mark chat messages as read",
        description: "Marks what is unread as read for oneself, in a channel, a topic, or everywhere.",
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
        let mut narrow = Narrow::default().flag("is", "unread", Some(true));
        if let Some(channel) = &arguments.channel {
            narrow = narrow.channel(acting.channel(channel).await?.id);
        }
        if let Some(topic) = &arguments.topic {
            narrow = narrow.topic(topic);
        }
        let mut messages = 0;
        let mut walk = Walk::new(&acting, &narrow, Order::Oldest, None);
        while let Some(page) = walk.page(PAGE).await? {
            let ids: Vec<u64> = page.iter().map(|told| told.id).collect();
            flags::set(&acting, &ids, Flag::Read, Operation::Add).await?;
            messages += ids.len();
        }
        Ok(Answer { messages })
    }
}
