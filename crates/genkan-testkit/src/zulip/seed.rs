//! What a fresh realm holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{SystemTime, UNIX_EPOCH},
};

use super::realm::{Channel, Generation, Group, Message, Presence, Realm, Recipient, User};

/// Name, part of the address before `@`, bot, admin.
const USERS: [(&str, &str, bool, bool); 4] = [
    ("Iago", "iago", false, true),
    ("King Hamlet", "hamlet", false, false),
    ("Cordelia, Lear's daughter", "cordelia", false, false),
    ("Welcome Bot", "bot", true, false),
];

/// Name, description, private, who is in it.
const CHANNELS: [(&str, &str, bool, &[u64]); 4] = [
    ("general", "For everybody", false, &[1, 2, 3, 4]),
    ("engineering", "How it is built", false, &[1, 2]),
    ("#social ☕", "Coffee, and \"quotes\"", false, &[2, 3]),
    ("leads", "For leads", true, &[1]),
];

/// Channel, topic, sender, content.
const MESSAGES: [(u64, &str, u64, &str); 6] = [
    (1, "welcome", 4, "Welcome to **Zulip**!"),
    (1, "welcome", 2, "Thank you :tada:"),
    (
        2,
        "release",
        1,
        "Version 1.4 is out: https://example.org/1.4",
    ),
    (2, "release", 2, "The upgrade took 3 minutes."),
    (3, "lunch", 3, "Noodles at noon?"),
    (4, "budget", 1, "Only for leads."),
];

pub(super) fn realm(generation: Generation) -> Realm {
    let now = now();
    let users = (1..)
        .zip(USERS)
        .map(|(id, (full_name, name, is_bot, is_admin))| User {
            id,
            email: format!("{name}@zulip.example"),
            full_name: full_name.to_owned(),
            key: key(name),
            is_bot,
            is_admin,
        });
    let channels = (1..).zip(CHANNELS);
    let channels = channels.map(|(id, (name, description, is_private, members))| Channel {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        is_private,
        is_archived: false,
        creator: 1,
        created: now - 86_400,
        subscribers: members.iter().copied().collect(),
    });
    let mut realm = Realm {
        generation,
        users: users.collect(),
        channels: channels.collect(),
        messages: BTreeMap::new(),
        uploads: BTreeMap::new(),
        presences: presences(now),
        statuses: BTreeMap::new(),
        scheduled: Vec::new(),
        drafts: Vec::new(),
        groups: groups(),
        topic_policies: BTreeMap::new(),
        muted_users: BTreeMap::new(),
        last_id: 100,
    };
    for (before, (channel, topic, sender, content)) in (1..=6).rev().zip(MESSAGES) {
        let id = realm.fresh_id();
        let recipient = Recipient::Channel(channel, topic.to_owned());
        let sent = now - before * 60;
        let message = message(id, sender, recipient, content.to_owned(), sent);
        realm.messages.insert(id, message);
    }
    realm
}

/// Zulip's own group of administrators, and one that Iago made.
fn groups() -> Vec<Group> {
    let admins = Group {
        id: 2,
        name: "role:administrators".to_owned(),
        description: "Administrators of this organization, including owners".to_owned(),
        members: BTreeSet::from([1]),
        creator: None,
        is_system: true,
    };
    let own = Group {
        id: 3,
        name: "hamletcharacters".to_owned(),
        description: "Characters of Hamlet".to_owned(),
        members: BTreeSet::from([2, 3]),
        creator: Some(1),
        is_system: false,
    };
    vec![admins, own]
}

/// Iago works, Hamlet looks on, Cordelia left an hour ago.
fn presences(now: u64) -> BTreeMap<u64, Presence> {
    let seen = [(1, now, true), (2, now, false), (3, now - 3_600, true)];
    seen.map(|(user, at, is_active)| (user, Presence { at, is_active }))
        .into()
}

/// A fresh message, which its sender has read.
pub(super) fn message(
    id: u64,
    sender: u64,
    recipient: Recipient,
    content: String,
    sent: u64,
) -> Message {
    let read = BTreeSet::from(["read".to_owned()]);
    Message {
        id,
        sender,
        recipient,
        content,
        sent,
        edited: None,
        reactions: Vec::new(),
        flags: BTreeMap::from([(sender, read)]),
    }
}

/// The first two users write in turn.
pub(super) fn fill(realm: &mut Realm, channel: &str, topic: &str, count: u64) -> Vec<u64> {
    let channel = realm.channel_by_name(channel).expect("it is there").id;
    let written = (0..count).map(|number| {
        let id = realm.fresh_id();
        let recipient = Recipient::Channel(channel, topic.to_owned());
        let content = format!("message {number}");
        let message = message(id, 1 + number % 2, recipient, content, now());
        realm.messages.insert(id, message);
        id
    });
    written.collect()
}

/// One user more.
pub(super) fn add_user(realm: &mut Realm, name: &str, full_name: &str) {
    realm.users.push(User {
        id: realm.users.len() as u64 + 1,
        email: format!("{name}@zulip.example"),
        full_name: full_name.to_owned(),
        key: key(name),
        is_bot: false,
        is_admin: false,
    });
}

pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// A key as long as real ones, the same at every start.
fn key(name: &str) -> String {
    format!("{name:x<32}")
}
