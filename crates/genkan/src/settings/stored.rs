//! Stored settings: the layer that all instances on a store have in common, between the settings file
//! and the defaults.
//!
//! A stored value is text, as a variable of the environment has it. It is checked even where something
//! stronger stands over it, since on another instance nothing may.

use genkan_core::{Code, Error, Result};
use genkan_store::StoredSetting;
use genkan_toolsets::admin::{SettingChange, SettingInForce};

use crate::settings::{
    Settings,
    file::Layer,
    keys,
    reader::{Origin, Problem, unknown},
    section::{Applies, Key},
    value::Raw,
};

/// Sections and keys that cannot be stored beside secrets, and why: the one list of them.
const HERE_ONLY: [(&str, &str); 5] = [
    ("store", "opens the store itself"),
    ("zulip", "says where keys are sent, and stands beside them"),
    ("tls", "names a file, which each machine has for itself"),
    (
        "http.ca_file",
        "names a file, which each machine has for itself",
    ),
    (
        "knowledge.model_folder",
        "names a folder, which each machine has for itself",
    ),
];

/// Why a key cannot be stored, if it cannot.
pub(crate) fn barred(key: &Key) -> Option<&'static str> {
    match key.secret {
        true => Some("is a secret"),
        false => here_only(&key.path),
    }
}

fn here_only(path: &str) -> Option<&'static str> {
    let is_within = |name: &str| {
        let rest = path.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let found = HERE_ONLY.iter().find(|(name, _)| is_within(name));
    found.map(|(_, why)| *why)
}

/// What the store says, and what is wrong with it.
pub(super) fn read(stored: &[StoredSetting]) -> Layer {
    let keys = keys();
    let mut layer = Layer::default();
    for setting in stored {
        match problem(setting, &keys) {
            Some(problem) => layer.1.push(problem),
            None => {
                let raw = Raw::Text(setting.value.clone());
                layer.0.push((setting.key.clone(), (raw, Origin::Stored)));
            }
        }
    }
    layer
}

/// The settings that are right each for itself, and what is wrong with the others.
pub(crate) fn sift(stored: &[StoredSetting]) -> (Vec<StoredSetting>, Vec<String>) {
    let keys = keys();
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for setting in stored {
        match problem(setting, &keys) {
            Some(problem) => wrong.push(problem.message),
            None => right.push(setting.clone()),
        }
    }
    (right, wrong)
}

fn problem(setting: &StoredSetting, keys: &[Key]) -> Option<Problem> {
    let path = &setting.key;
    let shown = path.escape_debug();
    let mend = || format!("`genkan config unset {shown}` forgets it.");
    let Some(key) = keys.iter().find(|key| key.path == *path) else {
        let culprit = format!("{}: `{shown}`", Origin::Stored);
        return Some(Problem::new(format!("{culprit} is not a setting"), mend()));
    };
    if let Some(why) = barred(key) {
        let message = format!("{}: `{path}` cannot be stored: it {why}", Origin::Stored);
        return Some(Problem::new(message, mend()));
    }
    let why = (key.check)(&Raw::Text(setting.value.clone())).err()?;
    Some(Problem::new(
        format!("{}: `{path}`: {why}", Origin::Stored),
        mend(),
    ))
}

/// The key that somebody wants to store. Refuses what is none, or cannot be stored.
pub(crate) fn storable(path: &str) -> Result<Key> {
    let keys = keys();
    let found = keys.iter().find(|key| key.path == path);
    let shown = path.escape_debug();
    let problem = match (found, found.map_or_else(|| here_only(path), barred)) {
        (Some(key), None) => return Ok(key.clone()),
        (None, None) => {
            let names = keys.iter().map(|key| (key.path.as_str(), key.path.clone()));
            unknown(&format!("`{shown}`"), path, names)
        }
        (found, Some(why)) => {
            let place = found.map_or_else(|| "Put it into genkan.toml.".to_owned(), place);
            Problem::new(format!("`{shown}` cannot be stored: it {why}"), place)
        }
    };
    Err(Error::new(Code::ConfigInvalid, problem.message).hint(problem.hint))
}

/// Where a key that cannot be stored belongs.
fn place(key: &Key) -> String {
    let variable = key.variable();
    match key.secret {
        true => format!(
            "Put it into /run/secrets/{}, or set {variable}.",
            key.secret_file()
        ),
        false => format!("Put it into genkan.toml, or set {variable}."),
    }
}

/// What is stored once the change is kept. Refuses a key or a value that cannot be.
pub(crate) fn changed(change: &SettingChange<'_>) -> Result<Vec<StoredSetting>> {
    let is_other = |setting: &&StoredSetting| setting.key != change.key;
    let mut after: Vec<_> = change.stored.iter().filter(is_other).cloned().collect();
    match change.value {
        Some(value) => {
            let key = storable(change.key)?;
            (key.check)(&Raw::Text(value.to_owned())).map_err(|why| {
                let message = format!("`{}`: {why}", key.path);
                let hint = format!("`{}` takes {}.", key.path, key.kind);
                Error::new(Code::ConfigInvalid, message).hint(hint)
            })?;
            after.push(StoredSetting {
                key: key.path,
                value: value.to_owned(),
            });
        }
        None if after.len() == change.stored.len() => {
            let message = format!("`{}` is not stored", change.key.escape_debug());
            return Err(Error::new(Code::NoSuchItem, message)
                .hint("`genkan config show` says where each value comes from."));
        }
        None => {}
    }
    Ok(after)
}

/// What comes of the change in a process with these settings.
pub(crate) fn in_force(change: &SettingChange<'_>, settings: &Settings) -> SettingInForce {
    let origin = settings.origin(change.key).unwrap_or(&Origin::Default);
    let key = keys().into_iter().find(|key| key.path == change.key);
    SettingInForce {
        key: change.key.to_owned(),
        stored: change.value.map(str::to_owned),
        origin: origin.to_string(),
        applies: match key.map(|key| key.applies) {
            Some(Applies::AtRestart) => "at the next start".to_owned(),
            Some(Applies::AtOnce) | None => "at once".to_owned(),
        },
    }
}
