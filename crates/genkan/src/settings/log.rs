//! Section `log`: what is told on standard error.

use std::fmt;

use crate::settings::{section::section, value::checked_text};

section! {
    /// What is told on standard error.
    Log "log" {
        /// `error`, `warn`, `info`, `debug` or `trace`, or finer by part, such as
        /// `info,genkan_store=debug`.
        level: Level = Some("info"), AtOnce;
        /// `text` for people, `json` for programs.
        format: Format = Some("text");
    }
}

/// A filter that is known to parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Level(String);

impl Level {
    /// The text form, which `EnvFilter` reads.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn check(text: &str) -> Result<Self, String> {
        let filter = tracing_subscriber::EnvFilter::builder().parse(text);
        let word = text
            .split(',')
            .all(|part| is_level(part.rsplit('=').next().unwrap_or(part)));
        match (filter, word) {
            (Ok(_), true) => Ok(Self(text.to_owned())),
            _ => Err(String::new()),
        }
    }
}

/// `EnvFilter` takes any word as the name of a part, so a misspelt level would silence everything.
fn is_level(word: &str) -> bool {
    matches!(
        word.trim(),
        "off" | "error" | "warn" | "info" | "debug" | "trace"
    )
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text!(Level, "a level such as info or info,genkan_store=debug");

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Format {
    fn check(text: &str) -> Result<Self, &'static str> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(""),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

checked_text!(Format, "text or json");
