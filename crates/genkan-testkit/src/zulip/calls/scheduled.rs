//! Messages that are sent later.

use serde_json::{Value, json};

use super::{Call, Told, send};
use crate::zulip::{
    message::escaped,
    realm::{MOST_TOPIC, Realm, Recipient, Scheduled},
    refusal::Refusal,
    seed,
};

/// What is due is sent.
pub(crate) fn deliver(realm: &mut Realm, now: u64) {
    let waiting = std::mem::take(&mut realm.scheduled);
    let (due, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|one| one.at <= now);
    realm.scheduled = waiting;
    for one in due {
        let id = realm.fresh_id();
        let message = seed::message(id, one.sender, one.recipient, one.content, one.at);
        realm.messages.insert(id, message);
    }
}

pub(super) fn list(realm: &Realm, who: u64) -> Value {
    let mut own: Vec<&Scheduled> = realm
        .scheduled
        .iter()
        .filter(|one| one.sender == who && one.of.is_none())
        .collect();
    own.sort_by_key(|one| one.at);
    let told: Vec<Value> = own.into_iter().map(told).collect();
    json!({ "scheduled_messages": told })
}

fn told(one: &Scheduled) -> Value {
    let mut told = json!({
        "scheduled_message_id": one.id,
        "content": one.content,
        "rendered_content": format!("<p>{}</p>", escaped(&one.content)),
        "scheduled_delivery_timestamp": one.at,
        "failed": false,
    });
    match &one.recipient {
        Recipient::Channel(channel, topic) => {
            told["type"] = json!("stream");
            told["to"] = json!(channel);
            told["topic"] = json!(topic);
        }
        Recipient::Direct(people) => {
            told["type"] = json!("private");
            // The sender is among them only if alone.
            let others: Vec<u64> = people
                .iter()
                .copied()
                .filter(|id| *id != one.sender)
                .collect();
            told["to"] = if others.is_empty() {
                json!([one.sender])
            } else {
                json!(others)
            };
        }
    }
    told
}

pub(super) fn create(realm: &mut Realm, call: &Call<'_>) -> Told {
    let parameters = call.parameters;
    let kind = parameters.get("type")?;
    let to = parameters.get("to")?;
    parameters.find("read_by_sender");
    let at = due(call)?.ok_or_else(|| Refusal::missing("scheduled_delivery_timestamp"))?;
    let content = send::content(parameters.get("content")?)?;
    let recipient = send::recipient(realm, call, kind, to)?;
    let id = realm.fresh_id();
    let sender = call.who;
    realm.scheduled.push(Scheduled {
        id,
        sender,
        recipient,
        content,
        at,
        of: None,
    });
    Ok(json!({ "scheduled_message_id": id }))
}

pub(super) fn update(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let parameters = call.parameters;
    let place = own(realm, call.who, id)?;
    let (kind, to) = (parameters.find("type"), parameters.find("to"));
    let topic = parameters.find("topic");
    let at = due(call)?;
    let content = parameters.find("content").map(send::content).transpose()?;
    let recipient = match (kind, to) {
        (None, None) => None,
        (_, None) => {
            let message = "Recipient required when updating type of scheduled message.";
            return Err(Refusal::bad(message));
        }
        (kind, Some(to)) => {
            let present = match &realm.scheduled[place].recipient {
                Recipient::Channel(..) => "stream",
                Recipient::Direct(_) => "private",
            };
            Some(send::recipient(realm, call, kind.unwrap_or(present), to)?)
        }
    };
    let nothing = recipient.is_none() && topic.is_none() && content.is_none() && at.is_none();
    if nothing {
        return Err(Refusal::bad("Nothing to change"));
    }
    let one = &mut realm.scheduled[place];
    one.recipient = recipient.unwrap_or_else(|| one.recipient.clone());
    if let (Recipient::Channel(_, old), Some(topic)) = (&mut one.recipient, topic) {
        *old = topic.trim().chars().take(MOST_TOPIC).collect();
    }
    one.content = content.unwrap_or_else(|| one.content.clone());
    one.at = at.unwrap_or(one.at);
    Ok(json!({}))
}

pub(super) fn delete(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let place = own(realm, call.who, id)?;
    realm.scheduled.remove(place);
    Ok(json!({}))
}

fn own(realm: &Realm, who: u64, id: u64) -> Result<usize, Refusal> {
    let mut scheduled = realm.scheduled.iter();
    let found = scheduled.position(|one| one.id == id && one.sender == who && one.of.is_none());
    found.ok_or_else(|| Refusal::new(404, "BAD_REQUEST", "Scheduled message does not exist"))
}

/// A moment that is to come.
pub(super) fn due(call: &Call<'_>) -> Result<Option<u64>, Refusal> {
    match call.parameters.number("scheduled_delivery_timestamp")? {
        Some(at) if at <= seed::now() => Err(Refusal::bad(
            "Scheduled delivery time must be in the future.",
        )),
        at => Ok(at),
    }
}
