//! Walks through messages by their ids, page by page: what is written meanwhile is neither met twice
//! nor pushes anything out of sight.

use genkan_core::{Code, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{acting::Acting, client::Form, message::Told, narrow::Narrow};

/// The most messages of one page; Zulip advises against more.
pub(super) const PAGE: u32 = 1_000;

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Order {
    #[default]
    Newest,
    Oldest,
}

/// A walk under way.
pub(super) struct Walk<'a> {
    acting: &'a Acting,
    narrow: &'a Narrow,
    order: Order,
    /// The message that was met last.
    last: Option<u64>,
    is_over: bool,
}

impl<'a> Walk<'a> {
    /// Begins at an end, or behind the message that another walk met last.
    pub(super) fn new(
        acting: &'a Acting,
        narrow: &'a Narrow,
        order: Order,
        last: Option<u64>,
    ) -> Self {
        Self {
            acting,
            narrow,
            order,
            last,
            is_over: false,
        }
    }

    /// The next messages in the order of the walk; `None` when there are no more.
    pub(super) async fn page(&mut self, most: u32) -> Result<Option<Vec<Told>>> {
        if self.is_over {
            return Ok(None);
        }
        let mut most = most.clamp(1, PAGE);
        loop {
            match self.ask(most).await {
                // Few long messages weigh as much as many short ones.
                Err(error) if error.code() == Code::RemoteTooLarge && most > 1 => most /= 4,
                Ok(page) if page.is_empty() => {
                    self.is_over = true;
                    return Ok(None);
                }
                page => return page.map(Some),
            }
            most = most.max(1);
        }
    }

    async fn ask(&mut self, most: u32) -> Result<Vec<Told>> {
        let (end, before, after, found) = match self.order {
            Order::Newest => ("newest", most, 0, "found_oldest"),
            Order::Oldest => ("oldest", 0, most, "found_newest"),
        };
        let anchor = self.last.map_or(end.to_owned(), |last| last.to_string());
        let query = Form::new()
            .text("anchor", anchor)
            .json("include_anchor", &false)
            .json("num_before", &before)
            .json("num_after", &after)
            .json("apply_markdown", &false)
            .json("narrow", self.narrow);
        let told = self.acting.get(&["messages"], query).await?;
        let messages = told["messages"].as_array();
        let messages = messages.into_iter().flatten().map(Told::read);
        let mut messages = messages.collect::<Result<Vec<Told>>>()?;
        self.is_over = told[found].as_bool().unwrap_or(false);
        if self.order == Order::Newest {
            messages.reverse();
        }
        if let Some(last) = messages.last() {
            self.last = Some(last.id);
        }
        Ok(messages)
    }

    /// Whether the end was reached.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }
}
