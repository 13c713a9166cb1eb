//! Reading, editing and deleting messages.

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{
    message,
    narrow::Narrow,
    realm::{MOST_CONTENT, MOST_TOPIC, Realm, Recipient},
    refusal::Refusal,
    seed,
};

/// The most messages of one answer.
const MOST: u64 = 5_000;

pub(super) fn list(realm: &Realm, call: &Call<'_>) -> Told {
    let parameters = call.parameters;
    let before = parameters.number("num_before")?;
    let before = before.ok_or_else(|| Refusal::missing("num_before"))?;
    let after = parameters.number("num_after")?;
    let after = after.ok_or_else(|| Refusal::missing("num_after"))?;
    if before + after > MOST {
        return Err(Refusal::bad(format!(
            "Too many messages requested (maximum {MOST})."
        )));
    }
    let narrow = Narrow::read(parameters.find_json("narrow")?, realm.generation)?;
    let as_html = parameters.flag("apply_markdown", true)?;
    parameters.flag("client_gravatar", true)?;
    let includes_anchor = parameters.flag("include_anchor", true)?;
    let fitting: Vec<u64> = realm
        .messages
        .values()
        .filter(|message| realm.sees(call.who, message) && narrow.fits(realm, message, call.who))
        .map(|message| message.id)
        .collect();
    let anchor = match parameters.get("anchor")? {
        "newest" => 10_000_000_000_000_000,
        "oldest" => 0,
        "first_unread" => first_unread(realm, call.who, &fitting),
        text => text.parse().map_err(|_| Refusal::bad("Invalid anchor"))?,
    };
    let older = fitting.partition_point(|id| *id < anchor);
    let has_anchor = fitting.get(older) == Some(&anchor);
    let newer = older + usize::from(has_anchor);
    let from = older.saturating_sub(usize::try_from(before).unwrap_or(usize::MAX));
    let to = newer.saturating_add(usize::try_from(after).unwrap_or(usize::MAX));
    let to = to.min(fitting.len());
    let chosen = fitting[from..to]
        .iter()
        .filter(|id| **id != anchor || includes_anchor);
    let messages: Vec<Value> = chosen
        .map(|id| message::told(realm, &realm.messages[id], call.who, as_html))
        .collect();
    Ok(json!({
        "messages": messages,
        "anchor": anchor,
        "found_anchor": has_anchor && includes_anchor,
        "found_newest": to == fitting.len(),
        "found_oldest": from == 0,
        "history_limited": false,
    }))
}

/// Which of some messages fit a narrow.
pub(super) fn matching(realm: &Realm, call: &Call<'_>) -> Told {
    let ids = call.parameters.get_json("msg_ids")?;
    let ids = ids
        .as_array()
        .ok_or_else(|| Refusal::bad("msg_ids is not a list"))?;
    let narrow = Narrow::read(Some(call.parameters.get_json("narrow")?), realm.generation)?;
    let mut told = json!({});
    for id in ids.iter().filter_map(Value::as_u64) {
        let message = realm.messages.get(&id);
        let message = message.filter(|message| realm.sees(call.who, message));
        if let Some(message) = message.filter(|it| narrow.fits(realm, it, call.who)) {
            let shown = message::told(realm, message, call.who, true);
            told[id.to_string()] =
                json!({ "match_content": shown["content"], "match_subject": shown["subject"] });
        }
    }
    Ok(json!({ "messages": told }))
}

fn first_unread(realm: &Realm, who: u64, fitting: &[u64]) -> u64 {
    let is_unread = |id: &&u64| {
        let flags = realm.messages[*id].flags.get(&who);
        !flags.is_some_and(|flags| flags.contains("read"))
    };
    fitting
        .iter()
        .find(is_unread)
        .copied()
        .unwrap_or(10_000_000_000_000_000)
}

pub(super) fn one(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let as_html = call.parameters.flag("apply_markdown", true)?;
    let message = realm.message(call.who, id)?.clone();
    Ok(json!({
        "message": message::told(realm, &message, call.who, as_html),
        "raw_content": message.content,
    }))
}

pub(super) fn edit(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let parameters = call.parameters;
    let content = parameters.find("content");
    let topic = parameters.find("topic");
    let channel = parameters.number("stream_id")?;
    let mode = parameters.find("propagate_mode").unwrap_or("change_one");
    for name in [
        "send_notification_to_old_thread",
        "send_notification_to_new_thread",
    ] {
        parameters.flag(name, false)?;
    }
    if content.is_none() && topic.is_none() && channel.is_none() {
        return Err(Refusal::bad("Nothing to change"));
    }
    if !["change_one", "change_later", "change_all"].contains(&mode) {
        return Err(Refusal::bad("Invalid propagate_mode"));
    }
    if let Some(id) = channel {
        realm.channel(call.who, id)?;
    }
    let is_admin = realm.user(call.who).is_admin;
    let message = realm.message(call.who, id)?;
    if content.is_some() && message.sender != call.who {
        return Err(Refusal::bad(
            "You don't have permission to edit this message",
        ));
    }
    if message.sender != call.who && !is_admin {
        return Err(Refusal::bad(
            "You don't have permission to edit this message",
        ));
    }
    if let Some(content) = content {
        message.content = match content.trim() {
            "" => "(deleted)".to_owned(),
            content => content.chars().take(MOST_CONTENT).collect(),
        };
        message.edited = Some(seed::now());
    }
    let place = message.recipient.clone();
    if topic.is_some() || channel.is_some() {
        let Recipient::Channel(old_channel, old_topic) = &place else {
            return Err(Refusal::bad("Direct messages cannot have topics."));
        };
        let topic = topic.map_or_else(
            || old_topic.clone(),
            |topic| topic.trim().chars().take(MOST_TOPIC).collect(),
        );
        let moved = Recipient::Channel(channel.unwrap_or(*old_channel), topic);
        for other in realm.messages.values_mut() {
            let is_meant = match mode {
                "change_one" => other.id == id,
                "change_later" => other.id >= id,
                _ => true,
            };
            if is_meant && other.recipient == place {
                other.recipient = moved.clone();
            }
        }
    }
    Ok(json!({ "detached_uploads": [] }))
}

pub(super) fn delete(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let is_admin = realm.user(call.who).is_admin;
    let sender = realm.message(call.who, id)?.sender;
    if sender != call.who && !is_admin {
        return Err(Refusal::bad(
            "You don't have permission to delete this message",
        ));
    }
    realm.messages.remove(&id);
    Ok(json!({}))
}
