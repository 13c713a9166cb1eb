//! Users whom others do not want to hear.

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{realm::Realm, refusal::Refusal, seed};

pub(super) fn mute(realm: &mut Realm, call: &Call<'_>, user: u64) -> Told {
    if user == call.who {
        return Err(Refusal::bad("Cannot mute self"));
    }
    if !realm.users.iter().any(|known| known.id == user) {
        return Err(Refusal::bad("No such user"));
    }
    if realm.muted_users.contains_key(&(call.who, user)) {
        return Err(Refusal::bad("User already muted"));
    }
    realm.muted_users.insert((call.who, user), seed::now());
    Ok(json!({}))
}

pub(super) fn unmute(realm: &mut Realm, call: &Call<'_>, user: u64) -> Told {
    match realm.muted_users.remove(&(call.who, user)) {
        Some(_) => Ok(json!({})),
        None => Err(Refusal::bad("User is not muted")),
    }
}

/// Those of one user, as beginning to listen tells them.
pub(super) fn all(realm: &Realm, who: u64) -> Value {
    let own = realm
        .muted_users
        .iter()
        .filter(|((user, _), _)| *user == who);
    own.map(|((_, muted), since)| json!({ "id": muted, "timestamp": since }))
        .collect()
}
