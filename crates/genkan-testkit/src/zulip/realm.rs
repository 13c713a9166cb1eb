//! What a realm knows: users, channels, messages, files.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::refusal::Refusal;

/// The generations of the API that differ for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Version 8: narrows know `stream` and not `channel`, uploads answer with `uri` alone.
    Eight,
    /// Version 10: `channel` beside `stream`, `url` beside `uri`.
    Ten,
    /// Version 11: reminders.
    Eleven,
}

impl Generation {
    pub(super) fn version(self) -> (&'static str, u32) {
        match self {
            Self::Eight => ("8.5", 237),
            Self::Ten => ("10.0", 310),
            Self::Eleven => ("11.0", 421),
        }
    }

    /// What a channel is called.
    pub(super) fn channel(self) -> &'static str {
        match self {
            Self::Eight => "Stream",
            Self::Ten | Self::Eleven => "Channel",
        }
    }
}

/// A user or a bot.
#[derive(Clone, Debug)]
pub struct User {
    /// The id.
    pub id: u64,
    /// The address, which is the name for signing in.
    pub email: String,
    /// The name that is shown.
    pub full_name: String,
    /// The API key.
    pub key: String,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Whether it may administrate.
    pub is_admin: bool,
}

/// A channel.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) is_private: bool,
    pub(super) is_archived: bool,
    pub(super) creator: u64,
    pub(super) created: u64,
    pub(super) subscribers: BTreeSet<u64>,
}

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    Channel(u64, String),
    /// Everybody who takes part, the sender too.
    Direct(BTreeSet<u64>),
}

/// One reaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reaction {
    pub(super) user: u64,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) kind: String,
}

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) sender: u64,
    pub(super) recipient: Recipient,
    pub(super) content: String,
    pub(super) sent: u64,
    pub(super) edited: Option<u64>,
    pub(super) reactions: Vec<Reaction>,
    pub(super) flags: BTreeMap<u64, BTreeSet<String>>,
}

/// A file.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) content: Vec<u8>,
    pub(super) kind: String,
}

/// When somebody was last seen, and whether they were doing something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    pub(super) at: u64,
    pub(super) is_active: bool,
}

/// What somebody says of themself.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    pub(super) text: String,
    /// Name and code point.
    pub(super) emoji: Option<(String, String)>,
}

/// A message that is sent later.
#[derive(Clone, Debug)]
pub(super) struct Scheduled {
    pub(super) id: u64,
    pub(super) sender: u64,
    pub(super) recipient: Recipient,
    pub(super) content: String,
    pub(super) at: u64,
    /// Of what it reminds, if it is a reminder.
    pub(super) of: Option<u64>,
}

/// A message that is not sent.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) id: u64,
    pub(super) owner: u64,
    /// As it was given, in Zulip's form.
    pub(super) told: Value,
}

/// A group of users.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) members: BTreeSet<u64>,
    pub(super) creator: Option<u64>,
    pub(super) is_system: bool,
}

/// Everything.
pub(super) struct Realm {
    pub(super) generation: Generation,
    pub(super) users: Vec<User>,
    pub(super) channels: Vec<Channel>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) uploads: BTreeMap<String, Upload>,
    pub(super) presences: BTreeMap<u64, Presence>,
    pub(super) statuses: BTreeMap<u64, Status>,
    pub(super) scheduled: Vec<Scheduled>,
    pub(super) drafts: Vec<Draft>,
    pub(super) groups: Vec<Group>,
    /// By user, channel and topic: the policy, and since when.
    pub(super) topic_policies: BTreeMap<(u64, u64, String), (u64, u64)>,
    /// Who does not hear whom, and since when.
    pub(super) muted_users: BTreeMap<(u64, u64), u64>,
    pub(super) last_id: u64,
}

/// The longest content; what is longer is cut silently.
pub(super) const MOST_CONTENT: usize = 10_000;
/// The longest topic, likewise.
pub(super) const MOST_TOPIC: usize = 60;
/// The longest name of a channel; a longer one is refused.
pub(super) const MOST_NAME: usize = 60;
/// The largest file.
pub(super) const MOST_FILE: usize = 25 << 20;

impl Realm {
    pub(super) fn user(&self, id: u64) -> &User {
        let found = self.users.iter().find(|user| user.id == id);
        found.expect("a user is never removed")
    }

    /// Whether a user may see a channel: it is public, or they are in it.
    pub(super) fn sees_channel(&self, user: u64, channel: &Channel) -> bool {
        !channel.is_private || channel.subscribers.contains(&user)
    }

    /// Whether a user may see a message.
    pub(super) fn sees(&self, user: u64, message: &Message) -> bool {
        match &message.recipient {
            Recipient::Direct(people) => people.contains(&user),
            Recipient::Channel(id, _) => self
                .channels
                .iter()
                .any(|channel| channel.id == *id && self.sees_channel(user, channel)),
        }
    }

    /// A message that this user may see.
    pub(super) fn message(&mut self, user: u64, id: u64) -> Result<&mut Message, Refusal> {
        let is_seen = self
            .messages
            .get(&id)
            .is_some_and(|message| self.sees(user, message));
        match self.messages.get_mut(&id) {
            Some(message) if is_seen => Ok(message),
            _ => Err(Refusal::bad("Invalid message(s)")),
        }
    }

    /// A channel that this user may see, by id.
    pub(super) fn channel(&self, user: u64, id: u64) -> Result<&Channel, Refusal> {
        let found = self.channels.iter().find(|channel| channel.id == id);
        found
            .filter(|channel| !channel.is_archived && self.sees_channel(user, channel))
            .ok_or_else(|| {
                let word = self.generation.channel().to_lowercase();
                Refusal::bad(format!("Invalid {word} ID"))
            })
    }

    pub(super) fn channel_by_name(&self, name: &str) -> Option<&Channel> {
        let wanted = name.to_lowercase();
        self.channels
            .iter()
            .find(|channel| !channel.is_archived && channel.name.to_lowercase() == wanted)
    }

    pub(super) fn no_channel(&self, name: &str) -> Refusal {
        let message = format!("{} '{name}' does not exist", self.generation.channel());
        Refusal::new(400, "STREAM_DOES_NOT_EXIST", message).with("stream", name)
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}
