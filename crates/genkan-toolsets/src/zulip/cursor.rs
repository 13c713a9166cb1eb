//! Where a search goes on: behind the message that was met last, within the time that was set when it
//! began, and for the same question alone.

use genkan_core::{Code, Error, Result, digest::Digest};
use serde_json::json;

use super::{narrow::Narrow, walk::Order};

/// A place in a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The message that was met last.
    pub(super) last: Option<u64>,
    /// Nothing before this, in seconds since 1970.
    pub(super) after: Option<i64>,
    /// Nothing from this on.
    pub(super) before: Option<i64>,
}

impl Cursor {
    /// The text that comes through clients.
    pub(super) fn text(&self, narrow: &Narrow, order: Order) -> String {
        let number = |number: Option<i64>| number.map_or(String::new(), |n| n.to_string());
        let last = self.last.map_or(String::new(), |id| id.to_string());
        let (after, before) = (number(self.after), number(self.before));
        format!("{last}.{after}.{before}.{}", mark(narrow, order))
    }

    /// Reads it.
    ///
    /// Error: it is none, or one of another search.
    pub(super) fn parse(text: &str, narrow: &Narrow, order: Order) -> Result<Self> {
        let read = || {
            let parts: Vec<&str> = text.split('.').collect();
            let [last, after, before, given] = parts[..] else {
                return None;
            };
            let moment = |text: &str| match text {
                "" => Some(None),
                text => text.parse::<i64>().ok().map(Some),
            };
            (given == mark(narrow, order)).then_some(())?;
            Some(Self {
                last: Some(last.parse().ok()?),
                after: moment(after)?,
                before: moment(before)?,
            })
        };
        read().ok_or_else(|| {
            let message = "this is no cursor of such a search";
            Error::new(Code::InvalidCursor, message)
                .hint("Repeat the arguments of the search with its cursor, or begin without one.")
        })
    }
}

/// What tells one question from another.
fn mark(narrow: &Narrow, order: Order) -> String {
    let digest = Digest::of_json(&json!([narrow, order]));
    digest.to_hex().chars().take(12).collect()
}
