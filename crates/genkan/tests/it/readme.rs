//! What README.md tells people to type, read from the file itself so that it cannot grow untrue.

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}

/// The code blocks of this language under this heading, in order.
pub(crate) fn blocks(heading: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let under = text.split(&format!("\n## {heading}\n")).nth(1);
    let under = under.unwrap_or_else(|| panic!("README.md has no heading `{heading}`"));
    let section = under.split("\n## ").next().unwrap();
    let fences = section.split("```").skip(1).step_by(2);
    let of_language = fences.filter_map(|fence| fence.strip_prefix(&format!("{language}\n")));
    of_language.map(str::to_owned).collect()
}

/// What is typed in a block: its lines that begin with a prompt.
pub(crate) fn typed(block: &str) -> Vec<&str> {
    let lines = block.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.collect()
}
