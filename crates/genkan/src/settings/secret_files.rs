//! Secret files, as container platforms mount them: one file per setting in `/run/secrets`.
//!
//! Only names that begin with `genkan_` are ours; one of those that names no setting is a problem,
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

/// Reads the secret files of a folder; one that does not exist holds none.
pub(crate) fn read(folder: &Path, keys: &[Key]) -> Layer {
    let mut layer = Layer::default();
    for name in names(folder) {
        let file = folder.join(&name);
        let Some(key) = keys.iter().find(|key| key.secret_file() == name) else {
            let path = name[PREFIX.len()..].replacen('_', ".", 1);
            let culprit = format!("secret file `{}`", file.display());
            let names = keys.iter().map(|key| (key.path, key.secret_file()));
            layer.1.push(unknown(&culprit, &path, names));
            continue;
        };
        match fs::read_to_string(&file) {
            Ok(text) => {
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                layer.0.push((
                    key.path.to_owned(),
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

fn names(folder: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = files
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(PREFIX)).collect();
    names.sort_unstable();
    names
}

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        format!("secret file `{}` cannot be read: {error}", file.display()),
        "Let the user that runs Genkan read it, or remove it.",
    )
}
