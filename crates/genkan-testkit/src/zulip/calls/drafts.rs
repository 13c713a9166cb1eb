//! Messages that are not sent.

use serde_json::{Value, json};

use super::{Call, Told, send};
use crate::zulip::{
    realm::{Draft, Realm},
    refusal::Refusal,
    seed,
};

/// The one edited last comes first.
pub(super) fn list(realm: &Realm, who: u64) -> Value {
    let mut own: Vec<&Draft> = realm
        .drafts
        .iter()
        .filter(|draft| draft.owner == who)
        .collect();
    own.sort_by_key(|draft| std::cmp::Reverse((draft.told["timestamp"].as_u64(), draft.id)));
    let told: Vec<&Value> = own.into_iter().map(|draft| &draft.told).collect();
    json!({ "count": told.len(), "drafts": told })
}

pub(super) fn create(realm: &mut Realm, call: &Call<'_>) -> Told {
    let drafts = call.parameters.get_json("drafts")?;
    let drafts = drafts
        .as_array()
        .ok_or_else(|| Refusal::bad("drafts is not a list"))?;
    let checked: Result<Vec<Value>, Refusal> = drafts
        .iter()
        .map(|draft| checked(realm, call.who, draft))
        .collect();
    let mut ids = Vec::new();
    for mut told in checked? {
        let id = realm.fresh_id();
        told["id"] = json!(id);
        let owner = call.who;
        realm.drafts.push(Draft { id, owner, told });
        ids.push(id);
    }
    Ok(json!({ "ids": ids }))
}

pub(super) fn edit(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let place = own(realm, call.who, id)?;
    let mut told = checked(realm, call.who, &call.parameters.get_json("draft")?)?;
    told["id"] = json!(id);
    realm.drafts[place].told = told;
    Ok(json!({}))
}

pub(super) fn delete(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let place = own(realm, call.who, id)?;
    realm.drafts.remove(place);
    Ok(json!({}))
}

fn own(realm: &Realm, who: u64, id: u64) -> Result<usize, Refusal> {
    let mut drafts = realm.drafts.iter();
    let found = drafts.position(|draft| draft.id == id && draft.owner == who);
    found.ok_or_else(|| Refusal::new(404, "BAD_REQUEST", "Draft does not exist"))
}

/// The draft as it is kept.
fn checked(realm: &Realm, who: u64, draft: &Value) -> Result<Value, Refusal> {
    let text = |name: &str| {
        let text = draft[name].as_str();
        text.ok_or_else(|| Refusal::bad(format!("draft[\"{name}\"] is not a string")))
    };
    let to = draft["to"]
        .as_array()
        .ok_or_else(|| Refusal::bad("draft[\"to\"] is not a list"))?;
    let (kind, topic) = (text("type")?, text("topic")?);
    let content = send::content(text("content")?)?;
    match (kind, to.as_slice()) {
        ("", _) => {}
        ("stream", [channel]) => {
            realm.channel(who, channel.as_u64().unwrap_or_default())?;
        }
        ("stream", _) => {
            let message = "Must specify exactly 1 channel ID for channel messages";
            return Err(Refusal::bad(message));
        }
        ("private", people) => {
            let is_known = |id: &Value| realm.users.iter().any(|user| *id == user.id);
            if let Some(id) = people.iter().find(|id| !is_known(id)) {
                return Err(Refusal::bad(format!("Invalid user ID {id}")));
            }
        }
        _ => return Err(Refusal::bad("Invalid draft type")),
    }
    let to = if kind.is_empty() {
        json!([])
    } else {
        json!(to)
    };
    let topic = if kind == "stream" { topic } else { "" };
    let timestamp = draft["timestamp"].as_u64().unwrap_or_else(seed::now);
    Ok(json!({
        "type": kind,
        "to": to,
        "topic": topic,
        "content": content,
        "timestamp": timestamp,
    }))
}
