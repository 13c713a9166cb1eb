//! Flags: read, starred.

use serde_json::json;

use super::{Call, Told};
use crate::zulip::{realm::Realm, refusal::Refusal};

pub(super) fn update(realm: &mut Realm, call: &Call<'_>) -> Told {
    let ids = call.parameters.get_json("messages")?;
    let operation = call.parameters.get("op")?;
    let flag = call.parameters.get("flag")?;
    let Some(ids) = ids.as_array() else {
        return Err(Refusal::bad("messages is not a list"));
    };
    if !["read", "starred", "collapsed"].contains(&flag) {
        return Err(Refusal::bad(format!("Flag not editable: '{flag}'")));
    }
    let ids: Vec<u64> = ids.iter().filter_map(serde_json::Value::as_u64).collect();
    for id in &ids {
        let flags = realm
            .message(call.who, *id)?
            .flags
            .entry(call.who)
            .or_default();
        let _was_there: bool = match operation {
            "add" => !flags.insert(flag.to_owned()),
            "remove" => flags.remove(flag),
            _ => return Err(Refusal::bad("Invalid message flag operation")),
        };
    }
    let mut told = json!({ "messages": ids });
    if realm.generation >= crate::zulip::Generation::Ten && flag == "read" && operation == "remove"
    {
        told["ignored_because_not_subscribed_channels"] = json!([]);
    }
    Ok(told)
}
