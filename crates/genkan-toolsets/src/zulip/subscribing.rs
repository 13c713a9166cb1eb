//! What subscribing and unsubscribing have in common: channels that are there already, and how Zulip
//! tells what became of each.

use genkan_core::{Code, Error, Result};
use serde_json::Value;

use super::{acting::Acting, named::Named};

/// The most channels of one call.
const MOST: usize = 100;

/// The names of these channels as Zulip writes them. Each must be there, since subscribing to a name
/// that is not makes a channel.
pub(super) async fn names(acting: &Acting, channels: &[Named]) -> Result<Vec<String>> {
    if !(1..=MOST).contains(&channels.len()) {
        let message = "`channels` names from 1 to 100 channels";
        return Err(Error::new(Code::InvalidArguments, message));
    }
    let mut names = Vec::new();
    for named in channels {
        names.push(acting.channel(named).await?.name);
    }
    Ok(names)
}

/// The names in lists by user, each once.
pub(super) fn of_people(told: &Value) -> Vec<String> {
    let by_user = told.as_object().into_iter().flatten();
    let mut names: Vec<String> = by_user.flat_map(|(_, names)| list(names)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The names in a list.
pub(super) fn list(told: &Value) -> Vec<String> {
    let names = told.as_array().into_iter().flatten();
    names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect()
}
