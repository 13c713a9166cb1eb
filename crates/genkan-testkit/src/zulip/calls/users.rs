//! Users.

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{
    realm::{Realm, User},
    refusal::Refusal,
};

fn told(user: &User) -> Value {
    json!({
        "user_id": user.id,
        "email": user.email,
        "full_name": user.full_name,
        "delivery_email": user.email,
        "date_joined": "2024-01-01T00:00:00+00:00",
        "is_active": true,
        "is_owner": false,
        "is_admin": user.is_admin,
        "is_guest": false,
        "is_billing_admin": false,
        "is_bot": user.is_bot,
        "bot_type": if user.is_bot { json!(1) } else { json!(null) },
        "bot_owner_id": if user.is_bot { json!(1) } else { json!(null) },
        "role": if user.is_admin { 200 } else { 400 },
        "timezone": "Europe/Berlin",
        "avatar_url": "https://secure.gravatar.com/avatar/x?d=identicon&version=1",
        "avatar_version": 1,
    })
}

pub(super) fn list(realm: &Realm) -> Value {
    json!({ "members": realm.users.iter().map(told).collect::<Vec<_>>() })
}

pub(super) fn me(realm: &Realm, call: &Call<'_>) -> Value {
    let mut me = told(realm.user(call.who));
    me["max_message_id"] = json!(realm.last_id);
    me["profile_data"] = json!({});
    let fields = me.as_object_mut().expect("it is an object");
    fields.remove("bot_type");
    fields.remove("bot_owner_id");
    me
}

/// By id or by address.
pub(super) fn one(realm: &Realm, user: &str) -> Told {
    let found = realm
        .users
        .iter()
        .find(|known| known.email == user || known.id.to_string() == user);
    let found = found.ok_or_else(|| Refusal::bad("No such user"))?;
    Ok(json!({ "user": told(found) }))
}
