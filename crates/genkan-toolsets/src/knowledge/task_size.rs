//! How large a task an entry is meant for.

use schemars::JsonSchema;

use serde::{Deserialize, Serialize};

/// A size of tasks, ordered from small to large.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(inline)]
pub(crate) enum TaskSize {
    XS,
    S,
    M,
    L,
    XL,
}

impl TaskSize {
    /// The form that the store keeps: 1–5.
    pub(crate) const fn stored(self) -> i64 {
        self as i64 + 1
    }
}
