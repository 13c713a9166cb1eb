//! Nothing is left half-done: no placeholder macros, no ignored tests, no
//! notes to oneself. What is not done has an issue, not a comment.

use anyhow::Result;

use super::source::{Source, find_word, is_name, line_of};
use super::{Finding, Tree};

/// In code.
const MACROS: &[&str] = &["todo!", "unimplemented!", "dbg!", "#[ignore"];

/// In comments.
const NOTES: &[&str] = &["FIXME", "TODO", "XXX"];

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let Source { code, comments } = file.source();
        for pattern in MACROS {
            for (position, _) in code.match_indices(pattern) {
                // `mytodo!` is another macro.
                let before = code[..position].chars().next_back();
                if !before.is_some_and(is_name) {
                    let text = format!("`{pattern}` is left here");
                    findings.push(Finding::at(&file.path, line_of(&code, position), text));
                }
            }
        }
        for word in NOTES {
            for position in find_word(&comments, word) {
                let text = format!("`{word}` is left here: do it, or file it");
                findings.push(Finding::at(&file.path, line_of(&comments, position), text));
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
