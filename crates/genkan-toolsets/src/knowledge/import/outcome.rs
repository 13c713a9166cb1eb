//! What became of an imported entry, and how it differs from what was there.

use std::collections::HashMap;

use genkan_core::Error;
use genkan_store::knowledge::{Entry, EntryText};
use schemars::JsonSchema;
use serde::Serialize;

use super::Incoming;
use crate::knowledge::task_size::TaskSize;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Failed,
}

/// What is told of an entry.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct Told {
    pub(super) outcome: Outcome,
    /// Absent where it failed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    id: Option<String>,
    /// How it differs from before, such as `content (+2 -1 lines)`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    /// Why it failed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    error: Option<String>,
}

impl Told {
    pub(super) fn created(id: &str) -> Self {
        Self {
            outcome: Outcome::Created,
            id: Some(id.to_owned()),
            changes: Vec::new(),
            error: None,
        }
    }

    pub(super) fn compared(id: &str, changes: Vec<String>) -> Self {
        let outcome = match changes.is_empty() {
            true => Outcome::Unchanged,
            false => Outcome::Updated,
        };
        Self {
            outcome,
            id: Some(id.to_owned()),
            changes,
            error: None,
        }
    }

    pub(super) fn failed(error: &Error) -> Self {
        let shown = error.shown();
        Self {
            outcome: Outcome::Failed,
            id: None,
            changes: Vec::new(),
            error: Some(format!("{} ({})", shown.message, shown.code)),
        }
    }
}

/// How what is imported differs from what is there.
pub(super) fn changes(entry: &Entry, text: &EntryText, incoming: &Incoming) -> Vec<String> {
    let (mut changes, wanted) = (Vec::new(), &incoming.imported);
    if text.content != wanted.content {
        let (more, fewer) = lines(&text.content, &wanted.content);
        changes.push(format!("content (+{more} -{fewer} lines)"));
    }
    if text.context != incoming.context {
        changes.push("context".to_owned());
    }
    if entry.task_size != wanted.task_size.map(TaskSize::stored) {
        changes.push("task_size".to_owned());
    }
    if entry.suppressed == 0 && wanted.suppressed_by.is_some() {
        changes.push("suppressed".to_owned());
    }
    changes
}

/// How many lines come and go, whatever their order.
fn lines(before: &str, after: &str) -> (i64, i64) {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for line in after.lines() {
        *counts.entry(line).or_default() += 1;
    }
    for line in before.lines() {
        *counts.entry(line).or_default() -= 1;
    }
    let more = counts.values().filter(|count| **count > 0).sum();
    let fewer: i64 = counts.values().filter(|count| **count < 0).sum();
    (more, -fewer)
}
