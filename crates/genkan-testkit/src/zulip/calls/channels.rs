//! Channels, their topics, and who is in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{
    Generation,
    message::escaped,
    realm::{Channel, MOST_NAME, Realm, Recipient},
    refusal::Refusal,
    seed,
};

pub(super) fn list(realm: &Realm, call: &Call<'_>) -> Told {
    let public = call.parameters.flag("include_public", true)?;
    let subscribed = call.parameters.flag("include_subscribed", true)?;
    let all = call.parameters.flag("include_all_active", false)?;
    if all && !realm.user(call.who).is_admin {
        return Err(Refusal::bad("User not authorized for this query"));
    }
    let told: Vec<Value> = realm
        .channels
        .iter()
        .filter(|channel| !channel.is_archived)
        .filter(|channel| {
            all || (public && !channel.is_private)
                || (subscribed && channel.subscribers.contains(&call.who))
        })
        .map(|channel| told(realm, channel))
        .collect();
    Ok(json!({ "streams": told }))
}

pub(super) fn one(realm: &Realm, call: &Call<'_>, id: u64) -> Told {
    let channel = realm.channel(call.who, id)?;
    Ok(json!({ "stream": told(realm, channel) }))
}

pub(super) fn members(realm: &Realm, call: &Call<'_>, id: u64) -> Told {
    Ok(json!({ "subscribers": realm.channel(call.who, id)?.subscribers }))
}

pub(super) fn find_id(realm: &Realm, call: &Call<'_>) -> Told {
    let name = call.parameters.get("stream")?;
    let found = realm.channel_by_name(name);
    let found = found.filter(|channel| realm.sees_channel(call.who, channel));
    let word = realm.generation.channel().to_lowercase();
    let channel = found.ok_or_else(|| Refusal::bad(format!("Invalid {word} name '{name}'")))?;
    Ok(json!({ "stream_id": channel.id }))
}

fn told(realm: &Realm, channel: &Channel) -> Value {
    let first = realm.messages.values().find(
        |message| matches!(&message.recipient, Recipient::Channel(id, _) if *id == channel.id),
    );
    json!({
        "stream_id": channel.id,
        "name": channel.name,
        "description": channel.description,
        "rendered_description": format!("<p>{}</p>", escaped(&channel.description)),
        "date_created": channel.created,
        "creator_id": channel.creator,
        "invite_only": channel.is_private,
        "is_web_public": false,
        "stream_post_policy": 1,
        "history_public_to_subscribers": true,
        "message_retention_days": null,
        "first_message_id": first.map(|message| message.id),
        "is_announcement_only": false,
        "can_remove_subscribers_group": 2,
        "stream_weekly_traffic": null,
    })
}

/// The topics of a channel, the one with the newest message first.
pub(super) fn topics(realm: &Realm, call: &Call<'_>, id: u64) -> Told {
    realm.channel(call.who, id)?;
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    for message in realm.messages.values() {
        if let Recipient::Channel(channel, topic) = &message.recipient
            && *channel == id
        {
            newest.insert(topic, message.id);
        }
    }
    let mut topics: Vec<_> = newest.into_iter().collect();
    topics.sort_by_key(|(_, id)| std::cmp::Reverse(*id));
    let topics: Vec<Value> = topics
        .into_iter()
        .map(|(name, id)| json!({ "name": name, "max_id": id }))
        .collect();
    Ok(json!({ "topics": topics }))
}

pub(super) fn subscriptions(realm: &Realm, call: &Call<'_>) -> Value {
    call.parameters.find("include_subscribers");
    let mine = realm
        .channels
        .iter()
        .filter(|channel| channel.subscribers.contains(&call.who));
    let told: Vec<Value> = mine
        .map(|channel| {
            let mut told = told(realm, channel);
            for (name, value) in [
                ("color", json!("#76ce90")),
                ("is_muted", json!(false)),
                ("pin_to_top", json!(false)),
                ("audible_notifications", json!(null)),
                ("desktop_notifications", json!(null)),
                ("email_notifications", json!(null)),
                ("push_notifications", json!(null)),
                ("wildcard_mentions_notify", json!(null)),
            ] {
                told[name] = value;
            }
            told
        })
        .collect();
    json!({ "subscriptions": told })
}

/// Subscribing makes the channels that are not there.
pub(super) fn subscribe(realm: &mut Realm, call: &Call<'_>) -> Told {
    let wanted = call.parameters.get_json("subscriptions")?;
    let wanted = wanted
        .as_array()
        .ok_or_else(|| Refusal::bad("subscriptions is not a list"))?;
    let is_private = call.parameters.flag("invite_only", false)?;
    let is_fatal = call.parameters.flag("authorization_errors_fatal", true)?;
    let mut people: Vec<u64> = match call.parameters.find_json("principals")? {
        Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_u64).collect(),
        _ => vec![call.who],
    };
    // Before version 10 a user is told by address.
    let is_by_id = realm.generation >= Generation::Ten;
    let keys: BTreeMap<u64, String> = realm
        .users
        .iter()
        .map(|user| {
            (
                user.id,
                if is_by_id {
                    user.id.to_string()
                } else {
                    user.email.clone()
                },
            )
        })
        .collect();
    people.retain(|id| keys.contains_key(id));
    let mut done: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut before: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut unauthorized = Vec::new();
    for one in wanted {
        let name = one["name"].as_str().unwrap_or_default().trim().to_owned();
        if name.is_empty() || name.chars().count() > MOST_NAME {
            let word = realm.generation.channel();
            return Err(Refusal::bad(format!(
                "{word} name can't be empty or longer than {MOST_NAME}"
            )));
        }
        if let Some(channel) = realm.channel_by_name(&name)
            && !realm.sees_channel(call.who, channel)
        {
            if is_fatal {
                return Err(Refusal::bad(format!("Unable to access channel ({name}).")));
            }
            unauthorized.push(name);
            continue;
        }
        if realm.channel_by_name(&name).is_none() {
            let description = one["description"].as_str().unwrap_or_default();
            make(realm, call.who, &name, description, is_private);
        }
        let wanted = name.to_lowercase();
        let channel = realm
            .channels
            .iter_mut()
            .find(|channel| !channel.is_archived && channel.name.to_lowercase() == wanted)
            .expect("it was made if it was not there");
        for user in &people {
            let list = match channel.subscribers.insert(*user) {
                true => &mut done,
                false => &mut before,
            };
            list.entry(keys[user].clone())
                .or_default()
                .push(channel.name.clone());
        }
    }
    let mut told = json!({ "subscribed": done, "already_subscribed": before });
    if !is_fatal {
        told["unauthorized"] = json!(unauthorized);
    }
    Ok(told)
}

fn make(realm: &mut Realm, creator: u64, name: &str, description: &str, is_private: bool) {
    let id = realm.fresh_id();
    realm.channels.push(Channel {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        is_private,
        is_archived: false,
        creator,
        created: seed::now(),
        subscribers: Default::default(),
    });
}

pub(super) fn unsubscribe(realm: &mut Realm, call: &Call<'_>) -> Told {
    let names = call.parameters.get_json("subscriptions")?;
    let names = names
        .as_array()
        .ok_or_else(|| Refusal::bad("subscriptions is not a list"))?;
    let (mut removed, mut not_removed) = (Vec::new(), Vec::new());
    for name in names.iter().filter_map(Value::as_str) {
        let wanted = name.to_lowercase();
        let found = realm
            .channels
            .iter_mut()
            .find(|channel| !channel.is_archived && channel.name.to_lowercase() == wanted);
        let Some(channel) = found else {
            return Err(Refusal::bad(format!("Channel(s) ({name}) do not exist")));
        };
        match channel.subscribers.remove(&call.who) {
            true => removed.push(channel.name.clone()),
            false => not_removed.push(channel.name.clone()),
        }
    }
    Ok(json!({ "removed": removed, "not_removed": not_removed }))
}
