//! `zulip_search_messages`: messages by words, place, sender, kind and time.

use super::{
    acting::{Acting, Chat, Who},
    cursor::Cursor,
    filter::{Filter, Window},
    message::Message,
    narrow::Narrow,
    walk::{Order, PAGE, Walk},
};
use crate::typed::{About, TypedTool};
use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Result, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Searches messages.
pub(super) struct SearchMessages(pub(super) Chat);

#[derive(Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub(super) struct Arguments {
    #[serde(flatten)]
    filter: Filter,
    #[serde(flatten)]
    window: Window,
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
        let narrow = arguments.filter.narrow(&acting).await?;
        let begun = match &arguments.cursor {
            Some(text) => Cursor::parse(text, &narrow, arguments.sort_by)?,
            None => {
                let (after, before) = arguments.window.seconds(ctx)?;
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
