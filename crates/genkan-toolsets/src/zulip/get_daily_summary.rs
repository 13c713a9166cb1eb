//! `zulip_get_daily_summary`: how much was written where and by whom, exactly.

use std::collections::BTreeMap;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Acting, Chat, Who},
    message::Told,
    named::Named,
    narrow::Narrow,
    walk::{Order, PAGE, Walk},
    when,
};
use crate::typed::{About, TypedTool};

/// Counts messages.
pub(super) struct GetDailySummary(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Only these, by name or id; else all that this identity is in
    #[serde(default)]
    #[schemars(length(max = 50))]
    channels: Vec<Named>,
    /// How far back
    #[serde(default = "day")]
    #[schemars(range(min = 1, max = 168))]
    hours_back: u32,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn day() -> u32 {
    24
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// RFC 3339, UTC
    since: String,
    total: u64,
    channels: Vec<ChannelCount>,
    /// The ten who wrote most
    top_senders: Vec<SenderCount>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct ChannelCount {
    channel: String,
    messages: u64,
    topics: Vec<TopicCount>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct TopicCount {
    topic: String,
    messages: u64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct SenderCount {
    name: String,
    id: u64,
    messages: u64,
}

#[async_trait]
impl TypedTool for GetDailySummary {
    const ABOUT: About = About {
        name: "zulip_get_daily_summary",
        title: "Count recent chat messages",
        description: "Counts the messages of the last hours exactly: in all, by channel and topic, and by the ten who wrote most. Direct messages are left out.",
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
        if !(1..=168).contains(&arguments.hours_back) || arguments.channels.len() > 50 {
            let message = "`hours_back` is from 1 to 168, and `channels` names at most 50";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let since = when::seconds_ago(ctx, u64::from(arguments.hours_back) * 3_600);
        let mut narrows = BTreeMap::new();
        for named in &arguments.channels {
            let id = acting.channel(named).await?.id;
            narrows.insert(id, Narrow::default().channel(id));
        }
        let mut counts = Counts::default();
        if narrows.is_empty() {
            counts
                .add_all(ctx, &acting, &Narrow::default(), since)
                .await?;
        }
        for narrow in narrows.values() {
            counts.add_all(ctx, &acting, narrow, since).await?;
        }
        Ok(counts.told(since))
    }
}

/// How many senders are told.
const TOP: usize = 10;

#[derive(Default)]
struct Counts {
    total: u64,
    channels: BTreeMap<u64, (String, BTreeMap<String, u64>)>,
    senders: BTreeMap<u64, (String, u64)>,
}

impl Counts {
    /// Counts everything in a narrow from now back to a moment.
    async fn add_all(
        &mut self,
        ctx: &CallContext,
        acting: &Acting,
        narrow: &Narrow,
        since: i64,
    ) -> Result<()> {
        let mut walk = Walk::new(acting, narrow, Order::Newest, None);
        while let Some(page) = walk.page(PAGE).await? {
            for told in page {
                if told.timestamp < since {
                    return Ok(());
                }
                self.add(&told);
            }
            ctx.progress(when::progress(self.total), None, "messages counted");
        }
        Ok(())
    }

    fn add(&mut self, told: &Told) {
        let Some((id, name)) = told.stream_id.zip(told.channel()) else {
            return;
        };
        self.total += 1;
        let channel = self.channels.entry(id);
        let (_, topics) = channel.or_insert_with(|| (name.to_owned(), BTreeMap::new()));
        *topics.entry(told.subject.clone()).or_default() += 1;
        let sender = self.senders.entry(told.sender_id);
        sender
            .or_insert_with(|| (told.sender_full_name.clone(), 0))
            .1 += 1;
    }

    /// The most first; what is equal by name.
    fn told(self, since: i64) -> Answer {
        let channels = self.channels.into_values().map(|(channel, topics)| {
            let topics = topics.into_iter();
            let topics = topics.map(|(topic, messages)| TopicCount { topic, messages });
            let mut topics: Vec<_> = topics.collect();
            topics.sort_by_key(|topic| std::cmp::Reverse(topic.messages));
            ChannelCount {
                channel,
                messages: topics.iter().map(|topic| topic.messages).sum(),
                topics,
            }
        });
        let mut channels: Vec<_> = channels.collect();
        channels.sort_by(|a, b| (b.messages, &a.channel).cmp(&(a.messages, &b.channel)));
        let senders = self.senders.into_iter();
        let senders = senders.map(|(id, (name, messages))| SenderCount { name, id, messages });
        let mut top_senders: Vec<_> = senders.collect();
        top_senders.sort_by(|a, b| (b.messages, &a.name).cmp(&(a.messages, &b.name)));
        top_senders.truncate(TOP);
        Answer {
            since: when::shown(since),
            total: self.total,
            channels,
            top_senders,
        }
    }
}
