//! What is expected to fail: a committed list that may only shrink.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::checks::Checks;
use crate::workspace;

const FILE: &str = "xtask/src/conformance/expected-failures.txt";

/// The names of checks that are expected to fail, as `run scenario check`.
pub(super) struct Expected(BTreeSet<String>);

/// Reads the list.
pub(super) fn read() -> Result<Expected> {
    let text = std::fs::read_to_string(workspace::root().join(FILE))
        .with_context(|| format!("cannot read {FILE}"))?;
    parse(&text)
}

/// `run scenario check: reason`, one per line; `#` begins a comment.
fn parse(text: &str) -> Result<Expected> {
    let mut names = BTreeSet::new();
    let lines = text.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((name, reason)) = line.split_once(": ") else {
            bail!("{FILE}: `{line}` gives no reason");
        };
        if reason.trim().is_empty() || name.split(' ').count() != 3 {
            bail!("{FILE}: `{line}` is not `run scenario check: reason`");
        }
        names.insert(name.to_owned());
    }
    Ok(Expected(names))
}

impl Expected {
    /// What failed against the list, and what stands in it in vain.
    pub(super) fn compare(&self, checks: &Checks) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut faults = BTreeSet::new();
        for check in checks.failed() {
            if self.0.contains(&check.name) {
                seen.insert(&check.name);
            } else {
                faults.insert(format!("{}: {}", check.name, check.message));
            }
        }
        let stale = self.0.iter().filter(|name| !seen.contains(name));
        faults.extend(stale.map(|name| format!("{name} no longer fails; take it out of {FILE}")));
        faults.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
