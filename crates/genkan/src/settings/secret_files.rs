//! Secret files, as container platforms mount them: one file per setting in `/run/secrets`.
//!
//! Only names that begin with `genkan_` are ours, and a few that users know from elsewhere; one of those that names no setting is a problem,
//! since a misspelt secret would otherwise be replaced by a default without a word.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::settings::{
    file::Layer,
    reader::{Origin, Problem, unknown},
    section::Key,
    value::Raw,
};

/// Where secrets are mounted.
pub(crate) const FOLDER: &str = "/run/secrets";
const PREFIX: &str = "genkan_";
/// Names that users know from elsewhere, for keys of ours. Our own names win.
pub(crate) const KNOWN: [(&str, &str); 5] = [
    ("zulip_site", "zulip.site"),
    ("zulip_email", "zulip.email"),
    ("zulip_api_key", "zulip.api_key"),
    ("zulip_bot_email", "zulip.bot_email"),
    ("zulip_bot_api_key", "zulip.bot_api_key"),
];

/// Reads the secret files of a folder; one that does not exist holds none.
pub(crate) fn read(folder: &Path, keys: &[Key]) -> Layer {
    let mut layer = Layer::default();
    for name in names(folder) {
        let file = folder.join(&name);
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        let is_meant = |key: &&Key| match known {
            Some((_, path)) => key.path == *path,
            None => key.secret_file() == name,
        };
        let Some(key) = keys.iter().find(is_meant) else {
            let path = name[PREFIX.len()..].replacen('_', ".", 1);
            let culprit = format!("secret file `{}`", file.display());
            let names = keys
                .iter()
                .map(|key| (key.path.as_str(), key.secret_file()));
            layer.1.push(unknown(&culprit, &path, names));
            continue;
        };
        match fs::read_to_string(&file) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                layer.0.push((
                    key.path.clone(),
                    (Raw::Text(text), Origin::SecretFile(file)),
                ));
            }
            Err(error) => layer.1.push(unreadable(&file, &error)),
        }
    }
    layer
}

/// The secret files of a folder that are ours.
pub(crate) fn present(folder: &Path) -> Vec<PathBuf> {
    names(folder).iter().map(|name| folder.join(name)).collect()
}

/// The names of the secret files of a folder that are ours.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = files
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok());
    let is_known = |name: &str| KNOWN.iter().any(|(known, _)| *known == name);
    let mut names: Vec<_> = names
        .filter(|name| name.starts_with(PREFIX) || is_known(name))
        .collect();
    // What comes later wins.
    names.sort_unstable_by_key(|name| (!is_known(name), name.clone()));
    names
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        format!("secret file `{}` cannot be read: {error}", file.display()),
        "Let the user that runs Genkan read it, or remove it.",
    )
}
