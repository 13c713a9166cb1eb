//! The rules for free text: descriptions, contents, context keywords and queries.
//!
//! Lengths are in characters. A fault names the argument and the rule.

use std::{borrow::Cow, ops::RangeInclusive};

use genkan_core::{Code, Error, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::culprit::quoted;

/// How long a description may be.
const DESCRIPTION: RangeInclusive<usize> = 2..=64;
/// How long a content may be: 1 MiB of characters.
pub(crate) const CONTENT_CHARACTERS: usize = 1 << 20;
/// How many keywords a context has.
const CONTEXT_KEYWORDS: RangeInclusive<usize> = 1..=20;
/// How long a keyword of a context is.
const CONTEXT_KEYWORD: RangeInclusive<usize> = 2..=32;
/// How many queries a request may carry.
const QUERIES: usize = 15;
/// How many keywords a query may have.
const QUERY_KEYWORDS: usize = 10;
/// How long a keyword of a query may be.
const QUERY_KEYWORD: usize = 64;

/// Words as they come in: one text of words separated by spaces, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    /// `"two words"`.
    Text(String),
    /// `["two", "words"]`.
    List(Vec<String>),
}

impl Words {
    fn each(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(texts) => texts,
        };
        texts.iter().flat_map(|text| text.split_whitespace())
    }
}

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
    }

    fn inline_schema() -> bool {
        true
    }
}

/// Checks a description and takes the space around it away.
pub(crate) fn description(argument: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if !DESCRIPTION.contains(&length) {
        return Err(invalid(
            argument,
            &format!("has {length} characters; 2–64 are allowed"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(
            argument,
            "holds a control character; a description is one line",
        ));
    }
    Ok(text.to_owned())
}

/// Checks a content; nothing of it is changed.
pub(crate) fn content(argument: &str, text: &str) -> Result<()> {
    // No character is longer than four bytes, so most texts need not be counted.
    if text.len() > CONTENT_CHARACTERS {
        let length = text.chars().count();
        if length > CONTENT_CHARACTERS {
            let message = format!(
                "`{argument}` has {length} characters; at most {CONTENT_CHARACTERS} are allowed"
            );
            return Err(Error::new(Code::TooLarge, message)
                .hint("Split the text into several entries, each with keywords of its own."));
        }
    }
    if text.trim().is_empty() {
        return Err(invalid(argument, "is empty"));
    }
    if text.contains('\0') {
        return Err(invalid(
            argument,
            "holds the character U+0000, which cannot be stored",
        ));
    }
    Ok(())
}

/// Checks the keywords of a context and joins them with single spaces.
pub(crate) fn context(argument: &str, words: &Words) -> Result<String> {
    let count = words.each().count();
    if !CONTEXT_KEYWORDS.contains(&count) {
        return Err(invalid(
            argument,
            &format!("has {count} keywords; 1–20 are allowed"),
        ));
    }
    for word in words.each() {
        let length = word.chars().count();
        if !CONTEXT_KEYWORD.contains(&length) {
            let rule = format!(
                "has the keyword {} of {length} characters; 2–32 are allowed",
                quoted(word)
            );
            return Err(invalid(argument, &rule));
        }
        if word.chars().any(char::is_control) {
            return Err(invalid(
                argument,
                &format!("has a control character in the keyword {}", quoted(word)),
            ));
        }
    }
    Ok(words.each().collect::<Vec<_>>().join(" "))
}

/// Checks the queries of a request and joins each with single spaces; blank ones are left out.
pub(crate) fn queries(argument: &str, queries: &[Words]) -> Result<Vec<String>> {
    if queries.len() > QUERIES {
        return Err(invalid(
            argument,
            &format!(
                "has {} queries; at most {QUERIES} are allowed",
                queries.len()
            ),
        ));
    }
    for (place, query) in queries.iter().enumerate() {
        let count = query.each().count();
        if count > QUERY_KEYWORDS {
            let rule =
                format!("[{place}] has {count} keywords; at most {QUERY_KEYWORDS} are allowed");
            return Err(invalid(argument, &rule)
                .hint("Ask several focused queries instead of one long one."));
        }
        for word in query.each() {
            let length = word.chars().count();
            if length > QUERY_KEYWORD {
                let rule = format!(
                    "[{place}] has the keyword {} of {length} characters; at most {QUERY_KEYWORD} are allowed",
                    quoted(word)
                );
                return Err(invalid(argument, &rule));
            }
        }
    }
    let joined = queries
        .iter()
        .map(|query| query.each().collect::<Vec<_>>().join(" "));
    Ok(joined.filter(|query| !query.is_empty()).collect())
}

/// A fault of one argument. A rule that begins with a place (`[3] …`) belongs to its name.
fn invalid(argument: &str, rule: &str) -> Error {
    let message = match rule
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((place, rule)) => format!("`{argument}[{place}]` {rule}"),
        None => format!("`{argument}` {rule}"),
    };
    Error::new(Code::InvalidArguments, message)
}
