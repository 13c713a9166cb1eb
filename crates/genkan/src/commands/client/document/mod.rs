//! A settings file of another program, and the one entry in it that is ours.
//!
//! Everything else in the file is kept byte by byte, comments and odd spacing included. A file that
//! its own program could not read is refused with its line; nothing is guessed and nothing mended.

mod json;
#[cfg(test)]
mod tests;
mod toml;

use serde_json::Value;

/// How a client writes its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON as RFC 8259 has it.
    Json,
    /// JSON with comments and commas at the end.
    JsonWithComments,
    /// TOML.
    Toml,
}

/// Where the entry stands: `section` holds the servers by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'a> {
    /// Such as `mcpServers`.
    pub(super) section: &'a str,
    /// The name of our entry.
    pub(super) name: &'a str,
}

/// What keeps a file from being edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Counted from 1.
    pub(super) line: usize,
    /// What is wrong there.
    pub(super) why: String,
}

impl Fault {
    fn at(text: &str, offset: usize, why: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        Self {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            why: why.into(),
        }
    }
}

impl Format {
    /// The entry, if the file has it.
    pub(super) fn find(self, text: &str, spot: Spot<'_>) -> Result<Option<Value>, Fault> {
        let text = without_mark(text).1;
        match self {
            Self::Json | Self::JsonWithComments => json::find(self.strictness(), text, spot),
            Self::Toml => toml::find(text, spot),
        }
    }

    /// The text with the entry in it, in place of one of the same name.
    pub(super) fn with(self, text: &str, spot: Spot<'_>, entry: &Value) -> Result<String, Fault> {
        let (mark, text) = without_mark(text);
        let edited = match self {
            Self::Json | Self::JsonWithComments => {
                json::with(self.strictness(), text, spot, entry)?
            }
            Self::Toml => toml::with(text, spot, entry)?,
        };
        Ok(format!("{mark}{edited}"))
    }

    /// The text without the entry.
    pub(super) fn without(self, text: &str, spot: Spot<'_>) -> Result<String, Fault> {
        let (mark, text) = without_mark(text);
        let edited = match self {
            Self::Json | Self::JsonWithComments => json::without(self.strictness(), text, spot)?,
            Self::Toml => toml::without(text, spot)?,
        };
        Ok(format!("{mark}{edited}"))
    }

    fn strictness(self) -> json::Strictness {
        match self {
            Self::JsonWithComments => json::Strictness::Comments,
            Self::Json | Self::Toml => json::Strictness::Plain,
        }
    }
}

/// Editors on Windows begin a file with a mark that no parser takes.
fn without_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    }
}
