//! The skill that says how to use team knowledge, with the documentation of the toolset.

use genkan_core::{
    Result,
    skill::{MANIFEST, Skill, SkillFile, manifest},
};
use serde_json::{Map, Value, json};

use crate::knowledge::resources::entry_page::MARKDOWN;

/// Beside the skills of scopes, not among them: no namespace can come in between.
const FOLDER: &str = "skill://genkan/team-knowledge";
/// The documentation of the toolset.
const REFERENCE: &str = "references/knowledge.md";

const BODY: &str = include_str!("guide.md");
const DOCUMENTATION: &str = include_str!("../../../../../docs/knowledge.md");

/// Whether a URI lies in the skill, if it exists at all.
pub(super) fn owns(uri: &str) -> bool {
    uri.strip_prefix(FOLDER)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The skill.
pub(super) fn skill() -> Result<Skill> {
    let files = [MANIFEST, REFERENCE];
    let files = files.map(|path| SkillFile::of(path, MARKDOWN, &text(path).unwrap_or_default()));
    Skill::new(FOLDER.to_owned(), frontmatter(), files.into())
}

/// The file with this URI.
pub(super) fn read(uri: &str) -> Option<String> {
    text(uri.strip_prefix(FOLDER)?.strip_prefix('/')?)
}

fn text(path: &str) -> Option<String> {
    match path {
        MANIFEST => Some(manifest(&frontmatter(), BODY)),
        REFERENCE => Some(DOCUMENTATION.to_owned()),
        _ => None,
    }
}

fn frontmatter() -> Map<String, Value> {
    let frontmatter = json!({
        "name": "team-knowledge",
        "description": "How to find what the team knows before a task, and how to write down what was \
                        learned. Use it whenever you begin or finish work on one of the team's projects.",
        "license": "Apache-2.0",
    });
    frontmatter.as_object().cloned().unwrap_or_default()
}
