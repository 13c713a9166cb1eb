//! Reminders: messages to oneself that are sent later. Since version 11.

use serde_json::{Value, json};

use super::{Call, Told, scheduled};
use crate::zulip::{
    Generation,
    message::escaped,
    realm::{Realm, Recipient, Scheduled},
    refusal::Refusal,
};

/// The longest note.
const MOST_NOTE: usize = 1_000;

fn since_eleven(realm: &Realm) -> Result<(), Refusal> {
    match realm.generation >= Generation::Eleven {
        true => Ok(()),
        false => Err(super::no_such_call()),
    }
}

pub(super) fn list(realm: &Realm, who: u64) -> Told {
    since_eleven(realm)?;
    let mut own: Vec<&Scheduled> = realm.scheduled.iter().collect();
    own.retain(|one| one.sender == who && one.of.is_some());
    own.sort_by_key(|one| one.at);
    let told = own.into_iter().map(|one| {
        json!({
            "reminder_id": one.id,
            "type": "private",
            "to": [who],
            "content": one.content,
            "rendered_content": format!("<p>{}</p>", escaped(&one.content)),
            "scheduled_delivery_timestamp": one.at,
            "failed": false,
            "reminder_target_message_id": one.of,
        })
    });
    Ok(json!({ "reminders": told.collect::<Vec<Value>>() }))
}

pub(super) fn create(realm: &mut Realm, call: &Call<'_>) -> Told {
    since_eleven(realm)?;
    let message = call.parameters.number("message_id")?;
    let message = message.ok_or_else(|| Refusal::missing("message_id"))?;
    let at = scheduled::due(call)?;
    let at = at.ok_or_else(|| Refusal::missing("scheduled_delivery_timestamp"))?;
    let note = call.parameters.find("note").unwrap_or_default();
    if note.chars().count() > MOST_NOTE {
        let message = format!("Maximum reminder note length: {MOST_NOTE} characters");
        return Err(Refusal::bad(message));
    }
    let quoted = realm.message(call.who, message)?.content.clone();
    let note = if note.is_empty() {
        String::new()
    } else {
        format!(" Note:\n > {note}")
    };
    let content =
        format!("You requested a reminder for this message.{note}\n\n```quote\n{quoted}\n```");
    let id = realm.fresh_id();
    realm.scheduled.push(Scheduled {
        id,
        sender: call.who,
        recipient: Recipient::Direct([call.who].into()),
        content,
        at,
        of: Some(message),
    });
    Ok(json!({ "reminder_id": id }))
}

pub(super) fn delete(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    since_eleven(realm)?;
    let mut scheduled = realm.scheduled.iter();
    let found =
        scheduled.position(|one| one.id == id && one.sender == call.who && one.of.is_some());
    let Some(place) = found else {
        return Err(Refusal::new(404, "BAD_REQUEST", "Reminder does not exist"));
    };
    realm.scheduled.remove(place);
    Ok(json!({}))
}
