//! Section `log`: what is told, how, and where.

use std::fmt;

use genkan_core::{Code, Error};

use crate::settings::{section::section, value::checked_text};

section! {
    /// What is told, on standard error or, of a server, on standard output.
    Log "log" {
        /// `error`, `warn`, `info`, `debug` or `trace`, or finer by part, such as
        /// `info,genkan_store=debug`.
        level: Level = Some("info"), AtOnce;
        /// `text` for people, `json` for programs.
        format: Format = Some("text");
        /// Where `genkan serve` writes it: `stderr` or `stdout`. On `stdout` nothing but the log is
        /// written, and where the server listens is a line of it. Other commands always log on `stderr`;
        /// `genkan stdio` refuses `stdout`, where it speaks MCP.
        output: Destination = Some("stderr");
    }
}

impl Log {
    /// Refuses to log where MCP is spoken.
    pub(crate) fn check_beside_mcp(&self) -> genkan_core::Result<()> {
        match self.output {
            Destination::Stderr => Ok(()),
            Destination::Stdout => Err(Error::new(
                Code::ConfigInvalid,
                "`log.output` is `stdout`, where `genkan stdio` speaks MCP",
            )
            .hint("Set it for the server alone, with GENKAN_LOG__OUTPUT in its environment.")),
        }
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

/// Where the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Standard error.
    Stderr,
    /// Standard output.
    Stdout,
}

impl Destination {
    fn check(text: &str) -> Result<Self, &'static str> {
        match text {
            "stderr" => Ok(Self::Stderr),
            "stdout" => Ok(Self::Stdout),
            _ => Err(""),
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stderr => "stderr",
            Self::Stdout => "stdout",
        })
    }
}

checked_text!(Destination, "stderr or stdout");
