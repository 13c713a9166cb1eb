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
    realms::SECTION,
    value::Raw,
};

/// What the keys of the file are among ours.
const KEYS: [(&str, &str); 3] = [("site", "site"), ("email", "email"), ("key", "api_key")];

/// The file in the working folder.
const HERE: &str = "zuliprc";

/// Where it is looked for, in this order: here, in the home folder, in its own folder there.
///
/// Whoever writes a `zuliprc` says where messages go. So the one here counts only where somebody chose
/// the folder, and not where an editor happened to be opened.
pub(crate) fn places(is_here_chosen: bool, home: Option<&Path>) -> Vec<PathBuf> {
    let of_home = |home: &Path| [home.join(".zuliprc"), home.join(".config/zulip/zuliprc")];
    let here = is_here_chosen.then(|| PathBuf::from(HERE));
    here.into_iter()
        .chain(home.into_iter().flat_map(of_home))
        .collect()
}

/// Warns of a file in the working folder that counts, or would count if somebody had chosen the folder.
pub(crate) fn tell_of_here(is_used: bool) {
    let file = std::path::absolute(HERE).unwrap_or_else(|_| HERE.into());
    match (is_used, file.exists()) {
        (true, _) => tracing::warn!("Zulip is asked as `{}` says", file.display()),
        (false, true) => tracing::warn!(
            "`{}` is not used: this process was started wherever its client was; put the file into the home \
             folder as `.zuliprc` if it is yours",
            file.display()
        ),
        (false, false) => {}
    }
}

/// Whether a value came from the file in the working folder.
pub(crate) fn is_from_here(origin: Option<&Origin>) -> bool {
    matches!(origin, Some(Origin::File(path, _)) if path == Path::new(HERE))
}

/// What the first whole file says, and what is wrong with those before it.
pub(crate) fn read(places: &[PathBuf]) -> (Vec<(String, Found)>, Vec<String>) {
    let mut remarks = Vec::new();
    for place in places {
        match fs::read_to_string(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => remarks.push(unused(place, &error.to_string())),
            Ok(text) => match parse(&text) {
                Ok(found) => return (layer(SECTION, place, found), remarks),
                Err(why) => remarks.push(unused(place, &why)),
            },
        }
    }
    (Vec::new(), remarks)
}

/// What one file says, as values of this section. The error says what is wrong with the file.
pub(crate) fn read_one(place: &Path, section: &str) -> Result<Vec<(String, Found)>, String> {
    let text = fs::read_to_string(place).map_err(|error| error.to_string())?;
    Ok(layer(section, place, parse(&text)?))
}

fn layer(
    section: &str,
    place: &Path,
    found: BTreeMap<&'static str, (usize, String)>,
) -> Vec<(String, Found)> {
    let layer = found.into_iter().map(|(key, (line, value))| {
        let origin = Origin::File(place.to_owned(), line);
        (format!("{section}.{key}"), (Raw::Text(value), origin))
    });
    layer.collect()
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
