//! Shell scripts parse. Workflows are checked by the gate, with actionlint.

use std::process::Command;

use anyhow::Result;

use super::tree::File;
use super::{Finding, Tree};
use crate::{process, workspace};

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| is_shell(file)) {
        let path = workspace::root().join(&file.path);
        if let Err(error) = process::capture(Command::new("bash").arg("-n").arg(path)) {
            findings.push(Finding::new(&file.path, error.to_string()));
        }
    }
    Ok(findings)
}

fn is_shell(file: &File) -> bool {
    let first = file.text.lines().next().unwrap_or_default();
    file.path.ends_with(".sh") || (first.starts_with("#!") && first.ends_with("sh"))
}
