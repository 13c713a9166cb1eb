//! Knowledge as files: Markdown, JSON and CSV, read and written. Nothing here performs I/O; what is
//! read goes into the store through `knowledge_import`, and comes from it through
//! `knowledge_export`.

mod csv;
mod front_matter;
mod json;
mod keywords;
mod markdown;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{culprit::quoted, task_size::TaskSize};

pub use markdown::page;

/// A form of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A folder of pages. What was written by hand is split at its headings.
    Markdown,
    /// One file with a list of entries.
    Json,
    /// One file with a row for each entry.
    Csv,
}

/// An entry as a file holds it. Left out is what the file does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The id that it was exported with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What tells it from others where it has no id: the same place again is the same entry again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The keywords, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// For which size of tasks it is: XS, S, M, L or XL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_size: Option<String>,
    /// The entry that it lost a conflict against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
    /// The knowledge.
    pub content: String,
}

/// A draft, or why it is none, and the line where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Counted from 1.
    pub line: usize,
    /// The draft, or what is wrong in a few words.
    pub draft: Result<Draft, String>,
}

impl Read {
    fn fault(line: usize, wrong: impl Into<String>) -> Self {
        let draft = Err(wrong.into());
        Self { line, draft }
    }
}

/// Reads a file of this name. What is wrong with one entry leaves the others alone.
pub fn read(format: Format, name: &str, bytes: &[u8]) -> Vec<Read> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text,
        _ => return vec![Read::fault(1, "is not text in UTF-8")],
    };
    if text.trim().is_empty() {
        return vec![Read::fault(1, "is empty")];
    }
    let mut found = match format {
        Format::Markdown => markdown::read(name, text),
        Format::Json => json::read(text),
        Format::Csv => csv::read(text),
    };
    for one in &mut found {
        if let Ok(draft) = &mut one.draft
            && let Err(wrong) = complete(draft)
        {
            one.draft = Err(wrong);
        }
    }
    found
}

/// Fills in what can be told from the rest.
fn complete(draft: &mut Draft) -> Result<(), String> {
    if let Some(size) = &draft.task_size
        && TaskSize::ALL.iter().all(|known| known.as_str() != size)
    {
        let shown = quoted(size);
        return Err(format!("has the task size {shown}; XS, S, M, L and XL are"));
    }
    if draft
        .context
        .as_deref()
        .is_none_or(|context| context.trim().is_empty())
    {
        draft.context = Some(keywords::proposed("", &draft.content));
    }
    if draft.id.is_none() && draft.key.is_none() {
        let digest = genkan_core::digest::Digest::of(draft.content.as_bytes());
        draft.key = Some(digest.to_hex());
    }
    Ok(())
}

/// Writes entries of a scope into one file; JSON or CSV.
pub fn write(format: Format, scope: &str, drafts: &[Draft]) -> String {
    match format {
        Format::Json => json::write(scope, drafts),
        Format::Csv => csv::write(drafts),
        Format::Markdown => drafts.iter().map(|draft| page(scope, draft)).collect(),
    }
}
