//! What the server says of itself.

use serde_json::{Value, json};

use super::{Call, Told, administration::MOST_DESCRIPTION, muted_users, status, topics};
use crate::zulip::{
    realm::{MOST_CONTENT, MOST_FILE, MOST_NAME, MOST_TOPIC, Realm},
    refusal::Refusal,
};

pub(super) fn settings(realm: &Realm, site: &str) -> Value {
    let (version, level) = realm.generation.version();
    json!({
        "authentication_methods": { "password": true },
        "external_authentication_methods": [],
        "zulip_version": version,
        "zulip_feature_level": level,
        "push_notifications_enabled": false,
        "is_incompatible": false,
        "email_auth_enabled": true,
        "require_email_format_usernames": true,
        "realm_uri": site,
        "realm_name": "Zulip Dev",
        "realm_icon": "",
        "realm_description": "<p>A realm of a test.</p>",
    })
}

pub(super) fn register(realm: &mut Realm, call: &Call<'_>) -> Told {
    call.parameters.find_json("event_types")?;
    let kinds = call.parameters.find_json("fetch_event_types")?;
    call.parameters.find_json("client_capabilities")?;
    let (version, level) = realm.generation.version();
    let mut told = json!({
        "queue_id": format!("{}:{}", call.who, realm.fresh_id()),
        "last_event_id": -1,
        "zulip_version": version,
        "zulip_feature_level": level,
        "max_message_length": MOST_CONTENT,
        "max_topic_length": MOST_TOPIC,
        "max_stream_name_length": MOST_NAME,
        "max_stream_description_length": MOST_DESCRIPTION,
        "max_file_upload_size_mib": MOST_FILE >> 20,
        "event_queue_longpoll_timeout_seconds": 90,
        "realm_name": "Zulip Dev",
    });
    let kinds = kinds
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for kind in kinds.filter_map(Value::as_str) {
        let (name, value) = match kind {
            "user_status" => ("user_status", status::all(realm)),
            "user_topic" => ("user_topics", topics::policies(realm, call.who)),
            "muted_users" => ("muted_users", muted_users::all(realm, call.who)),
            _ => continue,
        };
        told[name] = value;
    }
    Ok(told)
}

/// No queue outlives anything here: each is answered as one that expired.
pub(super) fn events(call: &Call<'_>) -> Told {
    let queue = call.parameters.get("queue_id")?;
    let message = format!("Bad event queue ID: {queue}");
    Err(Refusal::new(400, "BAD_EVENT_QUEUE_ID", message).with("queue_id", queue))
}
