//! How large a task an entry is meant for.

use schemars::JsonSchema;

use serde::{Deserialize, Serialize};

/// A size of tasks, ordered from small to large.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
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
    /// Every size, from small to large.
    pub(crate) const ALL: [Self; 5] = [Self::XS, Self::S, Self::M, Self::L, Self::XL];

    /// The word on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::XS => "XS",
            Self::S => "S",
            Self::M => "M",
            Self::L => "L",
            Self::XL => "XL",
        }
    }

    /// Reads the form that the store keeps.
    pub(crate) fn from_stored(stored: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.stored() == stored)
    }

    /// The form that the store keeps: 1–5.
    pub(crate) const fn stored(self) -> i64 {
        self as i64 + 1
    }
}
