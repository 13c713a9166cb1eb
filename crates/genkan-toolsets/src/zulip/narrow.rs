//! Which messages are asked for, in Zulip's words that servers of every version know.

use serde::Serialize;
use serde_json::{Value, json};

/// Conditions that all hold.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Narrow(Vec<Value>);

impl Narrow {
    /// In this channel.
    pub(super) fn channel(self, id: u64) -> Self {
        // Servers of version 8 do not know `channel`.
        self.term("stream", json!(id), false)
    }

    /// About this topic.
    pub(super) fn topic(self, topic: &str) -> Self {
        self.term("topic", json!(topic), false)
    }

    /// From this user.
    pub(super) fn sender(self, id: u64) -> Self {
        self.term("sender", json!(id), false)
    }

    /// With these words.
    pub(super) fn search(self, words: &str) -> Self {
        self.term("search", json!(words), false)
    }

    /// `is` or `has` something, or not.
    pub(super) fn flag(self, operator: &str, operand: &str, holds: Option<bool>) -> Self {
        match holds {
            None => self,
            Some(holds) => self.term(operator, json!(operand), !holds),
        }
    }

    fn term(mut self, operator: &str, operand: Value, negated: bool) -> Self {
        self.0
            .push(json!({ "operator": operator, "operand": operand, "negated": negated }));
        self
    }
}
