//! How many tests passed, failed and were skipped, read from the closing lines
//! of the test runners.

use std::fmt;
use std::ops::{Add, AddAssign};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Add for Totals {
    type Output = Totals;

    fn add(self, other: Totals) -> Totals {
        Totals {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        *self = *self + other;
    }
}

/// The form that continuous integration reads: alone on a line.
impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )
    }
}

/// What a line adds: nothing, unless it closes a run.
pub(super) fn of_line(line: &str) -> Totals {
    let line = without_colours(line);
    of_nextest(&line)
        .or_else(|| of_cargo(&line))
        .unwrap_or_default()
}

/// `Summary [   0.006s] 29 tests run: 27 passed (1 slow), 1 failed, 1 timed out, 0 skipped`,
/// or `12/29 tests run: …` when the run was broken off.
fn of_nextest(line: &str) -> Option<Totals> {
    let rest = line.trim_start().strip_prefix("Summary [")?;
    let (counts, results) = rest.split_once("] ")?.1.split_once(" run: ")?;
    let run: u64 = counts.trim().split([' ', '/']).next()?.parse().ok()?;
    let passed = count(results, "passed");
    Some(Totals {
        passed,
        // However it failed: by an assertion, a time-out, or not starting at all.
        failed: run.saturating_sub(passed),
        skipped: count(results, "skipped"),
    })
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`, at the margin:
/// nextest indents what a single test printed, and has counted that test already.
fn of_cargo(line: &str) -> Option<Totals> {
    let results = line.strip_prefix("test result: ")?;
    let results = results.split_once(". ")?.1;
    Some(Totals {
        passed: count(results, "passed"),
        failed: count(results, "failed"),
        skipped: count(results, "ignored"),
    })
}

/// The number before a word in a list such as `27 passed (1 slow), 1 failed`.
fn count(results: &str, word: &str) -> u64 {
    let words: Vec<&str> = results.split([' ', ',', ';']).collect();
    let position = words.iter().position(|candidate| candidate.trim() == word);
    position
        .and_then(|position| words[position.checked_sub(1)?].parse().ok())
        .unwrap_or(0)
}

/// The text without the escape sequences by which terminals show colours.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for character in characters.by_ref() {
                if character.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests;
