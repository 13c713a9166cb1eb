//! `zulip_get_mutes`: what one does not want to hear of, and what one follows.

use async_trait::async_trait;
use genkan_core::{CallContext, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Chat, Who},
    lists,
    mutes::Visibility,
    named::Named,
};
use crate::typed::{About, TypedTool};

/// Lists mutes.
pub(super) struct GetMutes(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// In whose name
    #[serde(default)]
    identity: Who,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// That are not treated like their channels
    topics: Vec<Topic>,
    /// By name
    muted_users: Vec<String>,
}

/// A topic.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Topic {
    channel: String,
    topic: String,
    visibility: Visibility,
}

/// What Zulip tells of one.
#[derive(Deserialize)]
struct ToldTopic {
    stream_id: u64,
    topic_name: String,
    visibility_policy: u64,
}

#[derive(Deserialize)]
struct ToldUser {
    id: u64,
}

#[async_trait]
impl TypedTool for GetMutes {
    const ABOUT: About = About {
        name: "zulip_get_mutes",
        title: "List muted topics and users",
        description: "Lists the topics that one mutes, unmutes or follows, and the users that one mutes.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("zulip", Action::Read),
    };
    const IS_FURTHER: bool = true;
    const REACHES_OUT: bool = true;
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let acting = self.0.acting(ctx, arguments.identity)?;
        let kinds = ["user_topic", "muted_users"];
        let told = acting.zulip.present(&acting.identity, &kinds).await?;
        let told_topics: Vec<ToldTopic> = lists::read(&told["user_topics"])?;
        let told_users: Vec<ToldUser> = lists::read(&told["muted_users"])?;
        let channels = acting.channels().await?;
        let topics = told_topics.into_iter().filter_map(|told| {
            let mut known = channels.all.iter();
            // What one may not see any more is not told.
            let channel = known.find(|channel| channel.id == told.stream_id)?;
            let channel = channel.name.clone();
            let (topic, number) = (told.topic_name, told.visibility_policy);
            let visibility = Visibility::of_number(number)?;
            Some(Topic {
                channel,
                topic,
                visibility,
            })
        });
        let topics = topics.collect();
        let mut muted_users = Vec::new();
        for ToldUser { id } in told_users {
            muted_users.push(acting.user(&Named::Id(id)).await?.name);
        }
        Ok(Answer {
            topics,
            muted_users,
        })
    }
}
