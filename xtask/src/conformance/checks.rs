//! What the suite found: it writes one folder per scenario, with its checks.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The checks of one run or of several.
#[derive(Default)]
pub(super) struct Checks {
    scenarios: BTreeSet<String>,
    checks: Vec<Check>,
}

/// One check.
pub(super) struct Check {
    /// Run, scenario and check, with a space between.
    pub(super) name: String,
    status: Status,
    pub(super) message: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Success,
    Failure,
    Warning,
    Skipped,
    Info,
}

/// How many there are of each.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) scenarios: usize,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) warnings: usize,
    pub(super) skipped: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    status: Status,
    error_message: Option<String>,
}

impl Checks {
    /// Reads the results of a run. A scenario without results did not end, which is an error.
    pub(super) fn read(run: &str, folder: &Path) -> Result<Checks> {
        let mut checks = Checks::default();
        for entry in std::fs::read_dir(folder).context("the suite left no results")? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() {
                continue;
            }
            let scenario = scenario(&entry.file_name().to_string_lossy());
            let text = std::fs::read_to_string(entry.path().join("checks.json"))
                .with_context(|| format!("scenario {scenario} has no result"))?;
            checks.add(run, &scenario, &text)?;
        }
        Ok(checks)
    }

    fn add(&mut self, run: &str, scenario: &str, text: &str) -> Result<()> {
        let lines: Vec<Line> = serde_json::from_str(text)
            .with_context(|| format!("cannot read the result of scenario {scenario}"))?;
        self.scenarios.insert(format!("{run} {scenario}"));
        self.checks.extend(lines.into_iter().map(|line| Check {
            name: format!("{run} {scenario} {}", line.id),
            status: line.status,
            message: line.error_message.unwrap_or_default(),
        }));
        Ok(())
    }

    /// Adds those of another run.
    pub(super) fn extend(&mut self, other: Checks) {
        self.scenarios.extend(other.scenarios);
        self.checks.extend(other.checks);
    }

    /// Those that failed.
    pub(super) fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| check.status == Status::Failure)
    }

    /// How many there are.
    pub(super) fn counts(&self) -> Counts {
        let of = |status| {
            self.checks
                .iter()
                .filter(|check| check.status == status)
                .count()
        };
        Counts {
            scenarios: self.scenarios.len(),
            passed: of(Status::Success),
            failed: of(Status::Failure),
            warnings: of(Status::Warning),
            skipped: of(Status::Skipped),
        }
    }
}

/// `server-tools-list-2026-11-21T11-28-31-913Z` is about `tools-list`.
fn scenario(folder: &str) -> String {
    let name = folder.strip_prefix("server-").unwrap_or(folder);
    let end = name
        .rfind('T')
        .and_then(|t| t.checked_sub("-2026-11-21".len()));
    end.and_then(|end| name.get(..end))
        .unwrap_or(name)
        .to_owned()
}

#[cfg(test)]
mod tests;
