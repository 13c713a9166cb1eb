//! A message as answers show it.

use genkan_core::{Error, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) sender: String,
    pub(super) sender_id: u64,
    /// RFC 3339, UTC
    pub(super) sent: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) topic: Option<String>,
    /// Who takes part in a direct message
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) people: Vec<String>,
    /// Markdown as it was written
    pub(super) content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reactions: Vec<Reaction>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<String>,
}

/// An emoji and how many gave it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Reaction {
    emoji: String,
    count: usize,
}

/// What Zulip tells of a message, as far as it is looked at.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Told {
    pub(super) id: u64,
    pub(super) sender_id: u64,
    pub(super) sender_full_name: String,
    pub(super) timestamp: i64,
    pub(super) content: String,
    #[serde(default)]
    pub(super) subject: String,
    #[serde(default)]
    pub(super) stream_id: Option<u64>,
    display_recipient: Value,
    #[serde(default)]
    reactions: Vec<ToldReaction>,
    #[serde(default)]
    flags: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct ToldReaction {
    emoji_name: String,
}

impl Told {
    /// Reads one message.
    pub(super) fn read(told: &Value) -> Result<Self> {
        Self::deserialize(told).map_err(Error::internal)
    }

    /// The name of its channel, if it is in one.
    pub(super) fn channel(&self) -> Option<&str> {
        self.stream_id.and_then(|_| self.display_recipient.as_str())
    }

    /// The form in which it is answered.
    pub(super) fn shown(self) -> Message {
        let channel = self.channel().map(str::to_owned);
        let people = self.display_recipient.as_array();
        let people = people.into_iter().flatten();
        let people = people.filter_map(|one| Some(one["full_name"].as_str()?.to_owned()));
        let mut reactions: Vec<Reaction> = Vec::new();
        for ToldReaction { emoji_name: emoji } in self.reactions {
            match reactions.iter_mut().find(|known| known.emoji == emoji) {
                Some(known) => known.count += 1,
                None => reactions.push(Reaction { emoji, count: 1 }),
            }
        }
        Message {
            id: self.id,
            sender: self.sender_full_name,
            sender_id: self.sender_id,
            sent: Timestamp::from_millis(self.timestamp.saturating_mul(1_000)).to_string(),
            topic: channel.is_some().then_some(self.subject),
            channel,
            people: people.collect(),
            content: self.content,
            reactions,
            flags: self.flags,
        }
    }
}
