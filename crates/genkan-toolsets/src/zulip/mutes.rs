//! How much one hears of something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of a topic one hears of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(super) enum Visibility {
    Default,
    #[default]
    Muted,
    Unmuted,
    Followed,
}

impl Visibility {
    const ALL: [Self; 4] = [Self::Default, Self::Muted, Self::Unmuted, Self::Followed];

    /// The number that Zulip has for it.
    pub(super) const fn number(self) -> u64 {
        self as u64
    }

    /// What Zulip has this number for.
    pub(super) fn of_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.number() == number)
    }
}
