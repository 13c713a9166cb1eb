//! Skills: folders of instructions that a client loads when a task needs them (MCP extension
//! `io.modelcontextprotocol/skills`, SEP-2640; the format is that of agentskills.io).
//!
//! A skill says which files it has, and their digests; the files themselves are resources, read as
//! any other. Nobody is served a skill beyond the limits that every client must take.

mod folder;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use crate::{CallContext, Error, Permission, Result, digest::Digest};

pub use folder::DIRECTORY;

/// The most files of one skill.
pub const FILES: usize = 512;
/// The most bytes of all files of one skill together.
pub const BYTES: u64 = 16 * 1024 * 1024;
/// The file that every skill has at its root.
pub const MANIFEST: &str = "SKILL.md";

/// Every skill that a toolset offers.
#[async_trait]
pub trait Skills: Send + Sync {
    /// What a caller needs to list any of them. Asked once, at start.
    fn permission(&self) -> Permission;

    /// Whether a URI lies in a skill of this toolset, if it exists at all. Cheap.
    fn owns(&self, uri: &str) -> bool;

    /// One page of them, in an order that does not change by itself. The cursor is one that an
    /// earlier page gave, and comes through clients.
    async fn list(&self, ctx: &CallContext, cursor: Option<&str>) -> Result<SkillPage>;

    /// The skill in whose folder the URI lies, or whose folder it is.
    async fn find(&self, ctx: &CallContext, uri: &str) -> Result<Option<Skill>>;
}

/// One page of a list of skills.
#[derive(Clone, Debug, Default)]
pub struct SkillPage {
    /// The skills.
    pub skills: Vec<Skill>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// One skill: what it says of itself, and everything that is in its folder.
#[derive(Clone, Debug)]
pub struct Skill {
    folder: String,
    frontmatter: Map<String, Value>,
    files: Vec<SkillFile>,
}

/// A file of a skill.
#[derive(Clone, Debug)]
pub struct SkillFile {
    /// Where it is in the folder of the skill, such as `references/forms.md`.
    pub path: String,
    /// The media type.
    pub mime_type: &'static str,
    /// Over its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    pub size_bytes: u64,
}

impl SkillFile {
    /// The file with this text.
    pub fn of(path: impl Into<String>, mime_type: &'static str, text: &str) -> Self {
        Self {
            path: path.into(),
            mime_type,
            digest: Digest::of(text.as_bytes()),
            size_bytes: text.len() as u64,
        }
    }
}

impl Skill {
    /// A skill in this folder, such as `skill://acme/refunds`.
    ///
    /// Errors: `internal` for what no client would take: a front matter without description, a name
    /// that is not that of the folder, more or larger files than the limits allow.
    pub fn new(
        folder: String,
        frontmatter: Map<String, Value>,
        files: Vec<SkillFile>,
    ) -> Result<Self> {
        let skill = Self {
            folder,
            frontmatter,
            files,
        };
        match skill.fault() {
            None => Ok(skill),
            Some(fault) => Err(Error::internal(format!(
                "the skill `{}` {fault}",
                skill.folder
            ))),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let text = |name| self.frontmatter.get(name).and_then(Value::as_str);
        let paths: HashSet<&str> = self.files.iter().map(|file| file.path.as_str()).collect();
        let name = text("name").unwrap_or_default();
        let faults = [
            (!is_name(name), "has no name as skills have"),
            (
                self.folder.rsplit('/').next() != Some(name),
                "is not in a folder of its name",
            ),
            (
                text("description").unwrap_or_default().trim().is_empty(),
                "has no description",
            ),
            (!paths.contains(MANIFEST), "has no SKILL.md"),
            (paths.len() < self.files.len(), "has a file twice"),
            (self.files.len() > FILES, "has too many files"),
            (self.size_bytes() > BYTES, "is too large"),
        ];
        let fault = faults.into_iter().find(|(is_fault, _)| *is_fault);
        fault.map(|(_, text)| text)
    }

    /// What it is known by: the URI of its `SKILL.md`.
    pub fn uri(&self) -> String {
        format!("{}/{MANIFEST}", self.folder)
    }

    /// How many bytes all its files have together.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    /// The entry of `skills/list` and `skills/get`.
    pub fn to_entry(&self) -> Value {
        let file = |file: &SkillFile| {
            json!({
                "uri": format!("{}/{}", self.folder, file.path),
                "digest": format!("sha256:{}", file.digest.to_hex()),
                "size": file.size_bytes,
            })
        };
        let files: Vec<Value> = self.files.iter().map(file).collect();
        json!({ "uri": self.uri(), "frontmatter": self.frontmatter, "resources": files })
    }
}

/// The text of a `SKILL.md`. Its front matter is YAML of values in JSON, so that what the entry says
/// and what the file says are one.
pub fn manifest(frontmatter: &Map<String, Value>, body: &str) -> String {
    let mut text = String::from("---\n");
    for (name, value) in frontmatter {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str("---\n\n");
    text.push_str(body);
    text
}

/// Whether a text is the name of a skill: 1–64 of `a–z`, `0–9` and `-`, the hyphen neither first nor
/// last nor twice in a row (agentskills.io specification, name).
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && text.split('-').all(|part| !part.is_empty())
}
