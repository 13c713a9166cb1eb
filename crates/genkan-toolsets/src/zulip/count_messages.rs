//! `zulip_count_messages`: how many messages a search finds, by channel, topic, sender or day.

use std::collections::BTreeMap;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    acting::{Acting, Chat, Who},
    filter::{Filter, Window},
    message::Told,
    narrow::Narrow,
    walk::{Order, PAGE, Walk},
    when,
};
use crate::typed::{About, TypedTool};

/// Counts what a search finds.
pub(super) struct CountMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct Arguments {
    #[serde(flatten)]
    filter: Filter,
    #[serde(flatten)]
    window: Window,
    by: By,
    /// How many groups
    #[serde(default = "twenty")]
    #[schemars(range(min = 1, max = 100))]
    limit: usize,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn twenty() -> usize {
    20
}

/// What messages are counted by.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum By {
    Channel,
    Topic,
    Sender,
    Day,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    total: u64,
    /// The largest first; days in order
    groups: Vec<Group>,
    /// In groups that are left out
    others: u64,
    /// Whether there were no more than 10,000, so that all are counted; else the newest are
    complete: bool,
}

/// Messages that have something in common.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Group {
    /// Empty for direct messages, which are in no channel
    name: String,
    /// Of a topic
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    channel: Option<String>,
    messages: u64,
}

#[async_trait]
impl TypedTool for CountMessages {
    const ABOUT: About = About {
        name: "zulip_count_messages",
        title: "Count chat messages",
        description: "Counts what a search finds, by channel, topic, sender or day (UTC). Exact for up to 10,000 messages.",
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
        if !(1..=100).contains(&arguments.limit) {
            let message = "`limit` is from 1 to 100";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let window = arguments.window.seconds(ctx)?;
        let narrow = arguments.filter.narrow(&acting).await?;
        let mut counts = Counts::default();
        counts
            .add_all(ctx, &acting, &narrow, window, arguments.by)
            .await?;
        Ok(counts.told(arguments.by, arguments.limit))
    }
}

/// The most messages that are counted.
const MOST: u64 = 10_000;

/// What a group is told from others by: its id, or its channel and topic, or its day.
type Key = (u64, String);

#[derive(Default)]
struct Counts {
    total: u64,
    is_cut: bool,
    groups: BTreeMap<Key, Group>,
}

impl Counts {
    /// Counts what is within the time, the newest first.
    async fn add_all(
        &mut self,
        ctx: &CallContext,
        acting: &Acting,
        narrow: &Narrow,
        (after, before): (Option<i64>, Option<i64>),
        by: By,
    ) -> Result<()> {
        let mut walk = Walk::new(acting, narrow, Order::Newest, None);
        while let Some(page) = walk.page(PAGE).await? {
            for told in page {
                if after.is_some_and(|after| told.timestamp < after) {
                    return Ok(());
                }
                if before.is_some_and(|before| told.timestamp >= before) {
                    continue;
                }
                if self.total == MOST {
                    self.is_cut = true;
                    return Ok(());
                }
                self.add(told, by);
            }
            ctx.progress(when::progress(self.total), None, "messages counted");
        }
        Ok(())
    }

    fn add(&mut self, told: Told, by: By) {
        self.total += 1;
        let place = told.stream_id.unwrap_or_default();
        let channel = told.channel().map(str::to_owned);
        let (key, name, channel) = match by {
            By::Channel => ((place, String::new()), channel.unwrap_or_default(), None),
            By::Topic if channel.is_none() => ((0, String::new()), String::new(), None),
            By::Topic => ((place, told.subject.clone()), told.subject, channel),
            By::Sender => ((told.sender_id, String::new()), told.sender_full_name, None),
            By::Day => {
                let day: String = when::shown(told.timestamp).chars().take(DAY).collect();
                ((0, day.clone()), day, None)
            }
        };
        let group = self.groups.entry(key);
        let messages = 0;
        let new = || Group {
            name,
            channel,
            messages,
        };
        group.or_insert_with(new).messages += 1;
    }

    /// The largest groups, in their order.
    fn told(self, by: By, limit: usize) -> Answer {
        let mut groups: Vec<_> = self.groups.into_values().collect();
        groups.sort_by(|a, b| (b.messages, &a.name).cmp(&(a.messages, &b.name)));
        let others = groups.iter().skip(limit).map(|group| group.messages).sum();
        groups.truncate(limit);
        if by == By::Day {
            groups.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Answer {
            total: self.total,
            groups,
            others,
            complete: !self.is_cut,
        }
    }
}

/// How much of a moment is its day.
const DAY: usize = "2026-11-01".len();
