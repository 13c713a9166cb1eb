//! Sending a message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{
    realm::{MOST_CONTENT, MOST_TOPIC, Realm, Recipient},
    refusal::Refusal,
    seed,
};

pub(super) fn send(realm: &mut Realm, call: &Call<'_>) -> Told {
    let parameters = call.parameters;
    let kind = parameters.get("type")?;
    let to = parameters.get("to")?;
    for name in ["queue_id", "local_id", "read_by_sender"] {
        parameters.find(name);
    }
    let content = content(parameters.get("content")?)?;
    let recipient = recipient(realm, call, kind, to)?;
    let id = realm.fresh_id();
    let message = seed::message(id, call.who, recipient, content, seed::now());
    realm.messages.insert(id, message);
    Ok(json!({ "id": id }))
}

/// The content as it is kept.
pub(super) fn content(content: &str) -> Result<String, Refusal> {
    if content.trim().is_empty() {
        return Err(Refusal::bad("Message must not be empty"));
    }
    if content.contains('\0') {
        return Err(Refusal::bad("Message must not contain null bytes"));
    }
    Ok(cut(
        content.trim_end().trim_start_matches('\n'),
        MOST_CONTENT,
        "\n[message truncated]",
    ))
}

/// To whom something goes.
pub(super) fn recipient(
    realm: &Realm,
    call: &Call<'_>,
    kind: &str,
    to: &str,
) -> Result<Recipient, Refusal> {
    match kind {
        "stream" | "channel" => {
            let topic = call.parameters.find("topic");
            let topic = topic.or_else(|| call.parameters.find("subject"));
            let topic = topic.ok_or_else(|| Refusal::missing("topic"))?.trim();
            let topic = if topic.is_empty() {
                "(no topic)"
            } else {
                topic
            };
            let id = channel(realm, call.who, to)?;
            Ok(Recipient::Channel(id, cut(topic, MOST_TOPIC, "...")))
        }
        "direct" | "private" => Ok(Recipient::Direct(people(realm, call.who, to)?)),
        _ => Err(Refusal::bad("Invalid type")),
    }
}

/// What is too long is cut, and nobody is told.
fn cut(text: &str, most: usize, mark: &str) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - mark.chars().count()).collect();
    kept + mark
}

/// A name, a quoted name, an id, or a list of one of these.
fn channel(realm: &Realm, who: u64, to: &str) -> Result<u64, Refusal> {
    let value = serde_json::from_str(to).unwrap_or_else(|_| Value::String(to.to_owned()));
    let value = match value {
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        Value::Array(_) => return Err(Refusal::bad("Expected exactly one channel")),
        value => value,
    };
    let found = match (&value, value.as_u64()) {
        (_, Some(id)) => realm
            .channels
            .iter()
            .find(|channel| channel.id == id && !channel.is_archived)
            .ok_or_else(|| {
                let message = format!(
                    "{} with ID '{id}' does not exist",
                    realm.generation.channel()
                );
                Refusal::new(400, "STREAM_DOES_NOT_EXIST", message).with("stream_id", id)
            })?,
        (Value::String(name), _) => realm
            .channel_by_name(name)
            .ok_or_else(|| realm.no_channel(name))?,
        _ => return Err(Refusal::bad("Invalid data type for channel")),
    };
    if !realm.sees_channel(who, found) {
        let word = realm.generation.channel().to_lowercase();
        let message = format!("Not authorized to send to {word} '{}'", found.name);
        return Err(Refusal::bad(message));
    }
    Ok(found.id)
}

/// Addresses or ids, as a list or separated by commas; the sender takes part too.
fn people(realm: &Realm, who: u64, to: &str) -> Result<BTreeSet<u64>, Refusal> {
    let value = serde_json::from_str(to).unwrap_or_else(|_| Value::String(to.to_owned()));
    let list = match value {
        Value::Array(list) => list,
        Value::String(text) => text.split(',').map(|one| json!(one.trim())).collect(),
        one => vec![one],
    };
    if list.is_empty() {
        return Err(Refusal::bad("Message must have recipients"));
    }
    let mut people = BTreeSet::from([who]);
    for one in list {
        let found = realm.users.iter().find(|user| match &one {
            Value::String(email) => user.email.eq_ignore_ascii_case(email),
            one => Some(user.id) == one.as_u64(),
        });
        let user = found.ok_or_else(|| match &one {
            Value::String(email) => Refusal::bad(format!("Invalid email '{email}'")),
            one => Refusal::bad(format!("Invalid user ID {one}")),
        })?;
        people.insert(user.id);
    }
    Ok(people)
}
