//! Which messages are asked for, in Zulip's words that servers of every version know.

use schemars::JsonSchema;
use serde::Serialize;

/// Conditions that all hold.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Narrow(Vec<Term>);

/// One condition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Term {
    operator: String,
    operand: Operand,
    negated: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
enum Operand {
    Id(u64),
    Text(String),
}

impl Narrow {
    /// In this channel.
    pub(super) fn channel(self, id: u64) -> Self {
        // Servers of version 8 do not know `channel`.
        self.term("stream", Operand::Id(id), false)
    }

    /// About this topic.
    pub(super) fn topic(self, topic: &str) -> Self {
        self.term("topic", Operand::Text(topic.to_owned()), false)
    }

    /// From this user.
    pub(super) fn sender(self, id: u64) -> Self {
        self.term("sender", Operand::Id(id), false)
    }

    /// With these words.
    pub(super) fn search(self, words: &str) -> Self {
        self.term("search", Operand::Text(words.to_owned()), false)
    }

    /// `is` or `has` something, or not.
    pub(super) fn flag(self, operator: &str, operand: &str, holds: Option<bool>) -> Self {
        match holds {
            None => self,
            Some(holds) => self.term(operator, Operand::Text(operand.to_owned()), !holds),
        }
    }

    /// The conditions.
    pub(super) fn terms(self) -> Vec<Term> {
        self.0
    }

    fn term(mut self, operator: &str, operand: Operand, negated: bool) -> Self {
        self.0.push(Term {
            operator: operator.to_owned(),
            operand,
            negated,
        });
        self
    }
}
