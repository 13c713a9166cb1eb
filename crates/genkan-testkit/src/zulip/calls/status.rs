//! Who is there, and what people say of themselves.

use serde_json::{Map, Value, json};

use super::{Call, Told, reactions};
use crate::zulip::{
    Generation,
    realm::{Presence, Realm, Status, User},
    refusal::Refusal,
};

/// The longest text of a status.
const MOST: usize = 60;

fn word(presence: Presence) -> &'static str {
    if presence.is_active { "active" } else { "idle" }
}

/// Of one user, by id or by address.
pub(super) fn presence(realm: &Realm, user: &str) -> Told {
    let user = find(realm, user)?;
    if user.is_bot {
        return Err(Refusal::bad("Presence is not supported for bot users."));
    }
    let Some(presence) = realm.presences.get(&user.id) else {
        return Err(Refusal::bad(format!("No presence data for {}", user.email)));
    };
    let told = json!({ "timestamp": presence.at, "status": word(*presence) });
    Ok(json!({ "presence": { "website": told, "aggregated": told } }))
}

/// Of everybody, by address.
pub(super) fn presences(realm: &Realm, now: u64) -> Value {
    let told = realm.presences.iter().map(|(user, presence)| {
        let aggregated = json!({
            "client": "website",
            "status": word(*presence),
            "timestamp": presence.at,
        });
        let mut website = aggregated.clone();
        website["pushable"] = json!(false);
        let both = json!({ "website": website, "aggregated": aggregated });
        (realm.user(*user).email.clone(), both)
    });
    let presences: Map<String, Value> = told.collect();
    json!({ "server_timestamp": now, "presences": presences })
}

/// Since version 9 alone; before, only beginning to listen tells them.
pub(super) fn one(realm: &Realm, user: u64) -> Told {
    if realm.generation < Generation::Ten {
        return Err(super::no_such_call());
    }
    find(realm, &user.to_string())?;
    let status = realm.statuses.get(&user).map_or_else(|| json!({}), told_of);
    Ok(json!({ "status": status }))
}

/// Those of everybody who set one.
pub(super) fn all(realm: &Realm) -> Value {
    let told = realm.statuses.iter();
    let told = told.map(|(user, status)| (user.to_string(), told_of(status)));
    Value::Object(told.collect())
}

fn told_of(status: &Status) -> Value {
    let mut told = json!({});
    if !status.text.is_empty() {
        told["status_text"] = json!(status.text);
    }
    if let Some((name, code)) = &status.emoji {
        told["emoji_name"] = json!(name);
        told["emoji_code"] = json!(code);
        told["reaction_type"] = json!("unicode_emoji");
    }
    told
}

pub(super) fn update(realm: &mut Realm, call: &Call<'_>) -> Told {
    let text = call.parameters.find("status_text").map(str::trim);
    let emoji = call.parameters.find("emoji_name");
    if text.is_none() && emoji.is_none() {
        return Err(Refusal::bad("Client did not pass any new values."));
    }
    if text.is_some_and(|text| text.chars().count() > MOST) {
        let message = format!("status_text is too long (limit: {MOST} characters)");
        return Err(Refusal::bad(message));
    }
    let emoji = emoji.map(|name| match name {
        "" => Ok(None),
        name => reactions::code(name).map(|code| Some((name.to_owned(), code.to_owned()))),
    });
    let emoji = emoji.transpose()?;
    let status = realm.statuses.entry(call.who).or_default();
    if let Some(text) = text {
        text.clone_into(&mut status.text);
    }
    if let Some(emoji) = emoji {
        status.emoji = emoji;
    }
    if status.text.is_empty() && status.emoji.is_none() {
        realm.statuses.remove(&call.who);
    }
    Ok(json!({}))
}

fn find<'a>(realm: &'a Realm, user: &str) -> Result<&'a User, Refusal> {
    let mut users = realm.users.iter();
    let found = users.find(|known| known.email == user || known.id.to_string() == user);
    found.ok_or_else(|| Refusal::bad("No such user"))
}
