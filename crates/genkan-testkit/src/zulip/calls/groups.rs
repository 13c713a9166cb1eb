//! Groups of users.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Call, Told};
use crate::zulip::{
    Generation,
    realm::{Group, Realm},
    refusal::Refusal,
};

pub(super) fn list(realm: &Realm, call: &Call<'_>) -> Told {
    call.parameters.find("include_deactivated_groups");
    if realm.user(call.who).is_bot {
        return Err(Refusal::bad("This endpoint does not accept bot requests."));
    }
    let told: Vec<Value> = realm.groups.iter().map(told).collect();
    Ok(json!({ "user_groups": told }))
}

fn told(group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "members": group.members,
        "direct_subgroup_ids": [],
        "is_system_group": group.is_system,
        "can_mention_group": 11,
    })
}

pub(super) fn members(realm: &Realm, call: &Call<'_>, id: u64) -> Told {
    call.parameters.find("direct_member_only");
    Ok(json!({ "members": realm.groups[place(realm, id)?].members }))
}

pub(super) fn create(realm: &mut Realm, call: &Call<'_>) -> Told {
    let name = call.parameters.get("name")?.trim().to_owned();
    let description = call.parameters.get("description")?.to_owned();
    let members = people(realm, call, "members")?;
    free(realm, &name)?;
    let id = realm.fresh_id();
    realm.groups.push(Group {
        id,
        name,
        description,
        members,
        creator: Some(call.who),
        is_system: false,
    });
    Ok(json!({}))
}

pub(super) fn update(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let name = call.parameters.find("name").map(str::trim);
    let description = call.parameters.find("description");
    if name.is_none() && description.is_none() {
        return Err(Refusal::bad("No new data supplied"));
    }
    let place = managed(realm, call, id)?;
    if let Some(name) = name {
        free(realm, name)?;
        name.clone_into(&mut realm.groups[place].name);
    }
    if let Some(description) = description {
        description.clone_into(&mut realm.groups[place].description);
    }
    Ok(json!({}))
}

pub(super) fn change_members(realm: &mut Realm, call: &Call<'_>, id: u64) -> Told {
    let (add, remove) = (people(realm, call, "add")?, people(realm, call, "delete")?);
    if add.is_empty() && remove.is_empty() {
        let message = "Nothing to do. Specify at least one of \"add\" or \"delete\".";
        return Err(Refusal::bad(message));
    }
    let place = managed(realm, call, id)?;
    let members = &mut realm.groups[place].members;
    if add.iter().any(|user| members.contains(user)) {
        return Err(Refusal::bad("User is already a member of this group"));
    }
    if !remove.is_subset(members) {
        return Err(Refusal::bad("There is no such member of this group"));
    }
    members.extend(&add);
    members.retain(|user| !remove.contains(user));
    Ok(json!({}))
}

/// Until version 10 groups are deleted, and from then on deactivated.
pub(super) fn end(realm: &mut Realm, call: &Call<'_>, id: u64, is_deactivated: bool) -> Told {
    if is_deactivated != (realm.generation >= Generation::Ten) {
        return Err(super::no_such_call());
    }
    let place = managed(realm, call, id)?;
    realm.groups.remove(place);
    Ok(json!({}))
}

fn place(realm: &Realm, id: u64) -> Result<usize, Refusal> {
    let found = realm.groups.iter().position(|group| group.id == id);
    found.ok_or_else(|| Refusal::bad("Invalid user group"))
}

/// A group that this user may change: nobody may change Zulip's own.
fn managed(realm: &Realm, call: &Call<'_>, id: u64) -> Result<usize, Refusal> {
    let place = place(realm, id)?;
    let group = &realm.groups[place];
    let may = realm.user(call.who).is_admin || group.creator == Some(call.who);
    match may && !group.is_system {
        true => Ok(place),
        false => Err(Refusal::bad("Insufficient permission")),
    }
}

fn free(realm: &Realm, name: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Refusal::bad("User group name can't be empty!"));
    }
    match realm.groups.iter().any(|group| group.name == name) {
        true => Err(Refusal::bad(format!("User group '{name}' already exists."))),
        false => Ok(()),
    }
}

fn people(realm: &Realm, call: &Call<'_>, name: &str) -> Result<BTreeSet<u64>, Refusal> {
    let told = call
        .parameters
        .find_json(name)?
        .unwrap_or_else(|| json!([]));
    let ids = told
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64);
    let ids: BTreeSet<u64> = ids.collect();
    let unknown = ids
        .iter()
        .find(|id| !realm.users.iter().any(|user| user.id == **id));
    match unknown {
        Some(id) => Err(Refusal::bad(format!("Invalid user ID: {id}"))),
        None => Ok(ids),
    }
}
