//! Channels as those who may administer them change them.

use serde_json::json;

use super::{Call, Told};
use crate::zulip::{
    Generation,
    realm::{Channel, MOST_NAME, Realm},
    refusal::Refusal,
};

/// The longest description.
pub(super) const MOST_DESCRIPTION: usize = 1_024;

pub(super) fn update(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let parameters = call.parameters;
    let name = parameters.find("new_name").map(str::trim);
    let description = parameters.find("description");
    let is_private = match parameters.find_json("is_private")? {
        None => None,
        Some(_) => Some(parameters.flag("is_private", false)?),
    };
    if let Some(name) = name {
        let word = realm.generation.channel();
        if name.is_empty() || name.chars().count() > MOST_NAME {
            return Err(Refusal::bad(format!(
                "{word} name can't be empty or longer than {MOST_NAME}"
            )));
        }
        let taken = realm.channel_by_name(name);
        if taken.is_some_and(|taken| taken.id != id) {
            let message = format!("{word} name '{name}' is already taken");
            return Err(Refusal::new(400, "CHANNEL_ALREADY_EXISTS", message));
        }
    }
    if description.is_some_and(|text| text.chars().count() > MOST_DESCRIPTION) {
        let message = format!("description is too long (limit: {MOST_DESCRIPTION} characters)");
        return Err(Refusal::bad(message));
    }
    let channel = administered(realm, call.who, id)?;
    if let Some(name) = name {
        name.clone_into(&mut channel.name);
    }
    if let Some(description) = description {
        description.clone_into(&mut channel.description);
    }
    channel.is_private = is_private.unwrap_or(channel.is_private);
    Ok(json!({}))
}

pub(super) fn archive(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let channel = administered(realm, call.who, id)?;
    channel.is_archived = true;
    channel.subscribers.clear();
    Ok(json!({}))
}

/// A channel that this user may administer: an administrator, and since version 10 its creator.
fn administered(realm: &mut Realm, user: u64, id: u64) -> Result<&mut Channel, Refusal> {
    let creator = realm.channel(user, id)?.creator;
    let is_own = realm.generation >= Generation::Ten && creator == user;
    if !is_own && !realm.user(user).is_admin {
        return Err(no_administrator());
    }
    let channel = realm.channels.iter_mut().find(|channel| channel.id == id);
    Ok(channel.expect("it was found"))
}

pub(super) fn no_administrator() -> Refusal {
    let message = "Must be an organization administrator";
    Refusal::new(400, "UNAUTHORIZED_PRINCIPAL", message)
}
