//! Messages as Zulip tells them.

use serde_json::{Value, json};

use super::realm::{Message, Realm, Recipient};

/// One message for one reader.
pub(super) fn told(realm: &Realm, message: &Message, reader: u64, as_html: bool) -> Value {
    let sender = realm.user(message.sender);
    let content = match as_html {
        true => format!("<p>{}</p>", escaped(&message.content)),
        false => message.content.clone(),
    };
    let mut told = json!({
        "id": message.id,
        "sender_id": sender.id,
        "sender_email": sender.email,
        "sender_full_name": sender.full_name,
        "sender_realm_str": "zulip",
        "avatar_url": "https://secure.gravatar.com/avatar/x?d=identicon&version=1",
        "client": "website",
        "content": content,
        "content_type": if as_html { "text/html" } else { "text/x-markdown" },
        "is_me_message": message.content.starts_with("/me "),
        "reactions": reactions(message),
        "submessages": [],
        "timestamp": message.sent,
        "topic_links": [],
        "flags": message.flags.get(&reader).map(|flags| flags.iter().collect::<Vec<_>>()).unwrap_or_default(),
    });
    if let Some(edited) = message.edited {
        told["last_edit_timestamp"] = json!(edited);
    }
    match &message.recipient {
        Recipient::Channel(id, topic) => {
            let channel = realm.channels.iter().find(|channel| channel.id == *id);
            told["type"] = json!("stream");
            told["stream_id"] = json!(id);
            told["recipient_id"] = json!(1_000 + id);
            told["subject"] = json!(topic);
            told["display_recipient"] = json!(channel.map(|channel| &channel.name));
        }
        Recipient::Direct(people) => {
            told["type"] = json!("private");
            told["recipient_id"] = json!(2_000 + people.iter().sum::<u64>());
            told["subject"] = json!("");
            let people = people.iter().map(|id| {
                let user = realm.user(*id);
                json!({
                    "id": user.id,
                    "email": user.email,
                    "full_name": user.full_name,
                    "is_mirror_dummy": false,
                })
            });
            told["display_recipient"] = people.collect();
        }
    }
    told
}

fn reactions(message: &Message) -> Value {
    let told = message.reactions.iter().map(|reaction| {
        json!({
            "emoji_name": reaction.name,
            "emoji_code": reaction.code,
            "reaction_type": reaction.kind,
            "user_id": reaction.user,
        })
    });
    told.collect()
}

/// Text that a page shows as it is.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
