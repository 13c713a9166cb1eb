//! The changelog has a shape that people and programs can rely on: what is not released yet comes
//! first, then versions with their days, newest first, each with its kinds of changes.

use anyhow::Result;

use super::{Finding, Tree};

const DOCUMENT: &str = "CHANGELOG.md";
const UNRELEASED: &str = "Unreleased";

/// The kinds of changes, in their order.
const KINDS: [&str; 6] = [
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(document) = tree.find(DOCUMENT) else {
        return Ok(vec![Finding::new(DOCUMENT, "there is no changelog")]);
    };
    let mut reading = Reading::default();
    for (number, line) in (1..).zip(document.text.lines()) {
        reading.line(number, line);
    }
    reading.end_of_section();
    if reading.versions == 0 {
        reading.find(1, format!("no `## {UNRELEASED}`"));
    }
    Ok(reading.findings)
}

#[derive(Default)]
struct Reading {
    findings: Vec<Finding>,
    versions: usize,
    /// The last version that was released.
    last: Option<[u64; 3]>,
    /// The heading whose changes are read, with its line and how many there are.
    section: Option<(usize, usize)>,
    /// The place of the last kind within its version.
    kind: Option<usize>,
}

impl Reading {
    fn line(&mut self, number: usize, line: &str) {
        if let Some(kind) = line.strip_prefix("### ") {
            self.end_of_section();
            self.begin_kind(number, kind);
        } else if let Some(version) = line.strip_prefix("## ") {
            self.end_of_section();
            self.begin_version(number, version);
        } else if line.starts_with("- ") {
            match &mut self.section {
                Some((_, changes)) => *changes += 1,
                None => self.find(number, "a change stands under no kind of changes"),
            }
        }
    }

    fn begin_version(&mut self, number: usize, text: &str) {
        self.versions += 1;
        self.kind = None;
        match (self.versions, text) {
            (1, UNRELEASED) => return,
            (1, _) => self.find(number, format!("`## {UNRELEASED}` comes first")),
            _ => {}
        }
        match released(text) {
            None => self.find(number, "a version is written as `1.2.3 (2026-01-31)`"),
            version if self.last.is_some() && version >= self.last => {
                self.find(number, "the newest version comes first");
            }
            version => self.last = version,
        }
    }

    fn begin_kind(&mut self, number: usize, text: &str) {
        self.section = Some((number, 0));
        let place = KINDS.iter().position(|kind| *kind == text);
        match place {
            None => self.find(number, format!("the kinds are {}", KINDS.join(", "))),
            _ if place <= self.kind => {
                self.find(
                    number,
                    format!("the order is {}, each once", KINDS.join(", ")),
                );
            }
            _ => self.kind = place,
        }
    }

    fn end_of_section(&mut self) {
        if let Some((number, 0)) = self.section.take() {
            self.find(number, "there is no change under it");
        }
    }

    fn find(&mut self, line: usize, text: impl Into<String>) {
        self.findings.push(Finding::at(DOCUMENT, line, text));
    }
}

/// The version in `1.2.3 (2026-01-31)`.
fn released(text: &str) -> Option<[u64; 3]> {
    let (version, day) = text.split_once(" (")?;
    let day = numbers(day.strip_suffix(')')?, '-')?;
    let is_day = (1..=12).contains(&day[1]) && (1..=31).contains(&day[2]);
    numbers(version, '.').filter(|_| is_day)
}

fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    let numbers: Option<Vec<u64>> = text.split(between).map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests;
