//! What the tools that add and remove a reaction are told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{acting::Who, client::Emoji};

// No description, since every client would read it in both schemas.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Its id
    pub(super) message_id: u64,
    /// Such as thumbs_up
    emoji_name: String,
    /// Where the name has several
    #[serde(default)]
    #[schemars(with = "String")]
    emoji_code: Option<String>,
    /// unicode_emoji, realm_emoji or zulip_extra_emoji
    #[serde(default)]
    #[schemars(with = "String")]
    reaction_type: Option<String>,
    /// In whose name
    #[serde(default)]
    pub(super) identity: Who,
}

impl Arguments {
    /// The emoji, as Zulip names it.
    pub(super) fn emoji(self) -> Emoji {
        Emoji {
            name: self.emoji_name,
            code: self.emoji_code,
            kind: self.reaction_type,
        }
    }
}
