//! The repository speaks of the project alone: no file names the folders of
//! one person's machine or the host of a package registry.

use anyhow::Result;

use super::source::line_of;
use super::{Finding, Tree};

/// Folders at the root of some machine. Written in two halves, so that this
/// file does not find itself.
const FOLDERS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/Us", "ers/"),
];

const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("files.", "pythonhosted.org"),
    concat!("py", "pi.org"),
    concat!("deb.", "debian.org"),
    concat!("proxy.", "golang.org"),
];

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.files() {
        for folder in FOLDERS {
            for (position, _) in file.text.match_indices(folder) {
                if begins_a_path(&file.text[..position]) {
                    let text = format!("names `{folder}`, a folder of one machine");
                    findings.push(Finding::at(&file.path, line_of(&file.text, position), text));
                }
            }
        }
        for host in HOSTS {
            for (position, _) in file.text.match_indices(host) {
                let text = format!("names `{host}`, the host of a registry");
                findings.push(Finding::at(&file.path, line_of(&file.text, position), text));
            }
        }
    }
    Ok(findings)
}

/// Whether a slash after this text begins a path, and does not go on with one.
fn begins_a_path(before: &str) -> bool {
    let goes_on = |character: char| {
        character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '}' | ')' | '*' | '~')
    };
    !before.chars().next_back().is_some_and(goes_on)
}

#[cfg(test)]
mod tests;
