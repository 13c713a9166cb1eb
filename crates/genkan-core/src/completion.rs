//! Completion: what may come next in an argument (MCP 2026-07-28 completion).

use serde_json::{Map, Value};

/// The argument that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// What is typed so far.
    pub value: String,
    /// What the other arguments have been set to; all are strings.
    pub context: Map<String, Value>,
}

/// Values that may be meant, best first. The house shows at most [`Completion::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The values.
    pub values: Vec<String>,
    /// How many there are in all, if known.
    pub total: Option<u64>,
    /// Whether there are more than these.
    pub has_more: bool,
}

impl Completion {
    /// How many values one answer may hold.
    pub const MOST: usize = 100;

    /// Those of the known values that begin with what is typed.
    pub fn among<'a>(known: impl IntoIterator<Item = &'a str>, typed: &str) -> Self {
        let values: Vec<_> = known
            .into_iter()
            .filter(|value| value.starts_with(typed))
            .map(str::to_owned)
            .collect();
        Self {
            total: Some(values.len() as u64),
            values,
            has_more: false,
        }
    }

    /// At most as many values as may be shown.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.has_more |= self.values.len() > Self::MOST;
        self.values.truncate(Self::MOST);
        self
    }
}
