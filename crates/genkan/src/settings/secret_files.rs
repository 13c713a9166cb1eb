//! Secret files, as container platforms mount them: one file per setting in `/run/secrets`.
//!
//! Only names that begin with `genkan_` are ours; one of those that names no setting is a problem,
//! since a misspelt secret would otherwise be replaced by a default without a word.

use std::{fs, io, path::Path};

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
    let mut names: Vec<String> = match fs::read_dir(folder) {
        Ok(files) => files
            .flatten()
            .filter_map(|file| file.file_name().into_string().ok())
            .collect(),
        Err(_) => return layer,
    };
    names.retain(|name| name.starts_with(PREFIX));
    names.sort_unstable();
    for name in names {
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

fn unreadable(file: &Path, error: &io::Error) -> Problem {
    Problem::new(
        format!("secret file `{}` cannot be read: {error}", file.display()),
        "Let the user that runs Genkan read it, or remove it.",
    )
}
