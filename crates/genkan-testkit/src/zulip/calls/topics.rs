//! Topics: deleted, and heard of more or less.

use serde_json::{Value, json};

use super::{Call, Told, administration::no_administrator};
use crate::zulip::{
    realm::{MOST_TOPIC, Realm, Recipient},
    refusal::Refusal,
    seed,
};

/// How many messages go at once, where a real server stops after a while.
const BATCH: usize = 1_000;

/// The newest go first; whoever asks is told whether that was all.
pub(super) fn delete(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let topic = call.parameters.get("topic_name")?.to_lowercase();
    realm.channel(call.who, id)?;
    if !realm.user(call.who).is_admin {
        return Err(no_administrator());
    }
    let is_in = |recipient: &Recipient| {
        matches!(recipient, Recipient::Channel(channel, name)
            if *channel == id && name.to_lowercase() == topic)
    };
    let newest = realm
        .messages
        .values()
        .rev()
        .filter(|one| is_in(&one.recipient));
    let ids: Vec<u64> = newest.map(|message| message.id).collect();
    for id in ids.iter().take(BATCH) {
        realm.messages.remove(id);
    }
    Ok(json!({ "complete": ids.len() <= BATCH }))
}

pub(super) fn set_policy(realm: &mut Realm, call: &Call<'_>) -> Told {
    let channel = call.parameters.number("stream_id")?;
    let channel = channel.ok_or_else(|| Refusal::missing("stream_id"))?;
    let topic = call.parameters.get("topic")?;
    let policy = call.parameters.number("visibility_policy")?;
    let policy = policy.ok_or_else(|| Refusal::missing("visibility_policy"))?;
    realm.channel(call.who, channel)?;
    if policy > 3 {
        return Err(Refusal::bad("Invalid visibility_policy"));
    }
    if topic.chars().count() > MOST_TOPIC {
        let message = format!("topic is too long (limit: {MOST_TOPIC} characters)");
        return Err(Refusal::bad(message));
    }
    let key = (call.who, channel, topic.to_owned());
    match policy {
        0 => realm.topic_policies.remove(&key),
        policy => realm.topic_policies.insert(key, (policy, seed::now())),
    };
    Ok(json!({}))
}

/// What one user set, as beginning to listen tells it.
pub(super) fn policies(realm: &Realm, who: u64) -> Value {
    let own = realm
        .topic_policies
        .iter()
        .filter(|((user, ..), _)| *user == who);
    own.map(|((_, channel, topic), (policy, since))| {
        json!({
            "stream_id": channel,
            "topic_name": topic,
            "visibility_policy": policy,
            "last_updated": since,
        })
    })
    .collect()
}
