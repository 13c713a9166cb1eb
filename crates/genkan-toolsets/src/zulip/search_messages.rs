//! `zulip_search_messages`: messages by words, place, sender, kind and time.

use super::{
    acting::{Acting, Chat, Who},
    cursor::Cursor,
    message::Message,
    named::Named,
    narrow::Narrow,
    walk::{Order, PAGE, Walk},
    when::{self, Moment},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Searches messages.
pub(super) struct SearchMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Words that are in them
    #[serde(default)]
    #[schemars(with = "String")]
    query: Option<String>,
    /// By name or id
    #[serde(default)]
    #[schemars(with = "Named")]
    channel: Option<Named>,
    /// Exactly this one
    #[serde(default)]
    #[schemars(with = "String")]
    topic: Option<String>,
    /// By name, e-mail address or id
    #[serde(default)]
    #[schemars(with = "Named")]
    sender: Option<Named>,
    /// Or without, if false
    #[serde(default)]
    #[schemars(with = "bool")]
    has_attachment: Option<bool>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "bool")]
    has_link: Option<bool>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "bool")]
    has_image: Option<bool>,
    /// Direct messages
    #[serde(default)]
    #[schemars(with = "bool")]
    is_private: Option<bool>,
    /// Starred by oneself
    #[serde(default)]
    #[schemars(with = "bool")]
    is_starred: Option<bool>,
    /// That mention oneself
    #[serde(default)]
    #[schemars(with = "bool")]
    is_mentioned: Option<bool>,
    /// Not older
    #[serde(default)]
    #[schemars(with = "u32")]
    last_hours: Option<u32>,
    /// Not older
    #[serde(default)]
    #[schemars(with = "u32")]
    last_days: Option<u32>,
    /// 2026-11-01T08:30:00Z, or seconds since 1970
    #[serde(default)]
    #[schemars(with = "Moment")]
    after_time: Option<Moment>,
    /// Likewise
    #[serde(default)]
    #[schemars(with = "Moment")]
    before_time: Option<Moment>,
    /// How many
    #[serde(default = "fifty")]
    #[schemars(range(min = 1, max = 100))]
    limit: usize,
    #[serde(default)]
    sort_by: Order,
    /// Of the answer before, with the same other arguments
    #[serde(default)]
    #[schemars(with = "String")]
    cursor: Option<String>,
    /// In whose name
    #[serde(default)]
    identity: Who,
}

const fn fifty() -> usize {
    50
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    messages: Vec<Message>,
    /// Gives the next ones; absent when there are no more
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    next_cursor: Option<String>,
}

#[async_trait]
impl TypedTool for SearchMessages {
    const ABOUT: About = About {
        name: "zulip_search_messages",
        title: "Search chat messages",
        description: "Searches messages by words, channel, topic, sender, kind and time. The cursor walks through all of them, without gap or repeat.",
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
        if !(1..=100).contains(&arguments.limit) {
            let message = "`limit` is from 1 to 100";
            return Err(Error::new(Code::InvalidArguments, message).into());
        }
        let narrow = arguments.narrow(&acting).await?;
        let begun = match &arguments.cursor {
            Some(text) => Cursor::parse(text, &narrow, arguments.sort_by)?,
            None => {
                let (after, before) = arguments.window(ctx)?;
                Cursor {
                    last: None,
                    after,
                    before,
                }
            }
        };
        let (order, limit) = (arguments.sort_by, arguments.limit);
        let (messages, next) = search(&acting, &narrow, order, limit, begun).await?;
        let next_cursor = next.map(|cursor| cursor.text(&narrow, order));
        Ok(Answer {
            messages,
            next_cursor,
        })
    }
}

/// How many pages of messages outside the time are passed in one call; the cursor goes on from there.
const MOST_PAGES: usize = 10;

impl Arguments {
    async fn narrow(&self, acting: &Acting) -> Result<Narrow> {
        let mut narrow = Narrow::default();
        if let Some(channel) = &self.channel {
            narrow = narrow.channel(acting.channel(channel).await?.id);
        }
        if let Some(topic) = &self.topic {
            narrow = narrow.topic(topic);
        }
        if let Some(sender) = &self.sender {
            narrow = narrow.sender(acting.user(sender).await?.id);
        }
        if let Some(words) = self
            .query
            .as_deref()
            .filter(|words| !words.trim().is_empty())
        {
            narrow = narrow.search(words);
        }
        Ok(narrow
            .flag("has", "attachment", self.has_attachment)
            .flag("has", "link", self.has_link)
            .flag("has", "image", self.has_image)
            .flag("is", "dm", self.is_private)
            .flag("is", "starred", self.is_starred)
            .flag("is", "mentioned", self.is_mentioned))
    }

    /// From when on and until when, in seconds since 1970.
    fn window(&self, ctx: &CallContext) -> Result<(Option<i64>, Option<i64>)> {
        let ago = |seconds: u64| when::seconds_ago(ctx, seconds);
        let after = [
            self.last_hours.map(|hours| ago(u64::from(hours) * 3_600)),
            self.last_days.map(|days| ago(u64::from(days) * 86_400)),
            self.after_time
                .as_ref()
                .map(|at| at.seconds("after_time"))
                .transpose()?,
        ];
        let after = after.into_iter().flatten().max();
        let before = self
            .before_time
            .as_ref()
            .map(|at| at.seconds("before_time"))
            .transpose()?;
        match after.zip(before) {
            Some((after, before)) if after >= before => {
                let message = "the time ends before it begins";
                Err(Error::new(Code::InvalidArguments, message)
                    .hint("Give a `before_time` that is later than the begin."))
            }
            _ => Ok((after, before)),
        }
    }
}

/// The next messages within the time, and where to go on.
async fn search(
    acting: &Acting,
    narrow: &Narrow,
    order: Order,
    limit: usize,
    begun: Cursor,
) -> Result<(Vec<Message>, Option<Cursor>)> {
    let mut walk = Walk::new(acting, narrow, order, begun.last);
    let mut at = begun;
    let mut found = Vec::new();
    for round in 0..MOST_PAGES {
        let most = u32::try_from(limit - found.len()).unwrap_or(PAGE);
        // What is to be passed over is passed in large steps.
        let Some(page) = walk.page(if round == 0 { most } else { PAGE }).await? else {
            return Ok((found, None));
        };
        let mut left = page.len();
        for told in page {
            left -= 1;
            let is_early = at.after.is_some_and(|after| told.timestamp < after);
            let is_late = at.before.is_some_and(|before| told.timestamp >= before);
            if (is_early && order == Order::Newest) || (is_late && order == Order::Oldest) {
                return Ok((found, None));
            }
            at.last = Some(told.id);
            if !is_early && !is_late {
                found.push(told.shown());
            }
            if found.len() == limit {
                let is_last = left == 0 && walk.is_over();
                return Ok((found, (!is_last).then_some(at)));
            }
        }
    }
    Ok((found, (!walk.is_over()).then_some(at)))
}
