//! Reactions.

use serde_json::json;

use super::{Call, Told};
use crate::zulip::{
    realm::{Reaction, Realm},
    refusal::Refusal,
};

/// The emoji that there are, with their code points.
const EMOJI: [(&str, &str); 7] = [
    ("thumbs_up", "1f44d"),
    ("+1", "1f44d"),
    ("tada", "1f389"),
    ("heart", "2764"),
    ("check", "2705"),
    ("octopus", "1f419"),
    ("car", "1f697"),
];

/// The code point of an emoji.
pub(super) fn code(name: &str) -> Result<&'static str, Refusal> {
    let known = EMOJI.iter().find(|(known, _)| *known == name);
    let (_, code) = known.ok_or_else(|| Refusal::bad(format!("Emoji '{name}' does not exist")))?;
    Ok(code)
}

fn reaction(call: &Call<'_>) -> Result<Reaction, Refusal> {
    let name = call.parameters.get("emoji_name")?;
    let code = call.parameters.find("emoji_code");
    let kind = call
        .parameters
        .find("reaction_type")
        .unwrap_or("unicode_emoji");
    let known_code = self::code(name)?;
    if code.is_some_and(|code| code != known_code) {
        return Err(Refusal::bad("Invalid emoji code."));
    }
    Ok(Reaction {
        user: call.who,
        name: name.to_owned(),
        code: known_code.to_owned(),
        kind: kind.to_owned(),
    })
}

pub(super) fn add(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let message = realm.message(call.who, id)?;
    let reaction = reaction(call)?;
    let is_there = message
        .reactions
        .iter()
        .any(|other| other.user == reaction.user && other.code == reaction.code);
    if is_there {
        return Err(Refusal::new(
            400,
            "REACTION_ALREADY_EXISTS",
            "Reaction already exists.",
        ));
    }
    message.reactions.push(reaction);
    Ok(json!({}))
}

pub(super) fn remove(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let message = realm.message(call.who, id)?;
    let reaction = reaction(call)?;
    let before = message.reactions.len();
    message
        .reactions
        .retain(|other| other.user != reaction.user || other.code != reaction.code);
    if message.reactions.len() == before {
        return Err(Refusal::new(
            400,
            "REACTION_DOES_NOT_EXIST",
            "Reaction doesn't exist.",
        ));
    }
    Ok(json!({}))
}
