//! A `zuliprc`, the file in which Zulip hands users and bots their key: read as a layer between secret
//! files and the settings file.
//!
//! It counts as a whole, and only where neither the environment nor a secret file says anything of
//! Zulip, so that no key is ever sent to a site that another source named.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::settings::{
    reader::{Found, Origin},
    value::Raw,
};

/// What the keys of the file are among ours.
const KEYS: [(&str, &str); 3] = [
    ("site", "zulip.site"),
    ("email", "zulip.email"),
    ("key", "zulip.api_key"),
];

/// Where it is looked for, in this order: here, in the home folder, in its own folder there.
pub(crate) fn places(home: Option<&Path>) -> Vec<PathBuf> {
    let of_home = |home: &Path| [home.join(".zuliprc"), home.join(".config/zulip/zuliprc")];
    let here = PathBuf::from("zuliprc");
    [here]
        .into_iter()
        .chain(home.into_iter().flat_map(of_home))
        .collect()
}

/// What the first whole file says, and what is wrong with those before it.
pub(crate) fn read(places: &[PathBuf]) -> (Vec<(String, Found)>, Vec<String>) {
    let mut remarks = Vec::new();
    for place in places {
        match fs::read_to_string(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => remarks.push(unused(place, &error.to_string())),
            Ok(text) => match parse(&text) {
                Ok(found) => {
                    let layer = found.into_iter().map(|(key, (line, value))| {
                        let origin = Origin::File(place.clone(), line);
                        (key.to_owned(), (Raw::Text(value), origin))
                    });
                    return (layer.collect(), remarks);
                }
                Err(why) => remarks.push(unused(place, &why)),
            },
        }
    }
    (Vec::new(), remarks)
}

fn unused(place: &Path, why: &str) -> String {
    format!("`{}` is not used: {why}", place.display())
}

/// The three values with their lines. What is wrong is told without the text of the line, which may
/// hold a key.
fn parse(text: &str) -> Result<BTreeMap<&'static str, (usize, String)>, String> {
    let mut found = BTreeMap::new();
    let mut is_api = false;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with(['#', ';']) {
            continue;
        }
        if let Some(section) = text.strip_prefix('[') {
            is_api = section.strip_suffix(']').map(str::trim) == Some("api");
            continue;
        }
        let (name, value) = text
            .split_once(['=', ':'])
            .ok_or_else(|| format!("line {line} is neither `name=value` nor `[section]`"))?;
        let key = KEYS.iter().find(|(known, _)| *known == name.trim());
        if let Some((_, key)) = key.filter(|_| is_api) {
            found.insert(*key, (line, value.trim().to_owned()));
        }
    }
    let is_there = |key| {
        found
            .get(key)
            .is_some_and(|(_, value): &(usize, String)| !value.is_empty())
    };
    match KEYS.iter().find(|(_, key)| !is_there(*key)) {
        None => Ok(found),
        Some((name, _)) => Err(format!("`{name}` is missing in section [api]")),
    }
}
