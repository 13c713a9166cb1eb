//! `cargo xtask tidy`: the rules of this repository that no compiler knows.
//! Each check is one file in `tidy/` and one line in [`CHECKS`]; all of them
//! together take less than two seconds, and none of them needs a network.

mod bodies;
mod changelog;
mod codes;
mod edges;
mod heads;
mod leftovers;
mod libraries;
mod licence;
mod links;
mod names;
mod places;
mod scripts;
mod source;
mod tree;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use crate::say;
use tree::Tree;

/// Check the rules of this repository that no compiler knows.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// What is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    place: String,
    text: String,
}

impl Finding {
    fn new(place: impl Into<String>, text: impl Into<String>) -> Finding {
        Finding {
            place: place.into(),
            text: text.into(),
        }
    }

    /// A finding on one line of a file, counted from 1.
    fn at(path: &str, line: usize, text: impl Into<String>) -> Finding {
        Finding::new(format!("{path}:{line}"), text)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.text)
    }
}

type Check = fn(&Tree) -> Result<Vec<Finding>>;

/// All checks, with the rule that each one holds.
const CHECKS: &[(&str, Check)] = &[
    (
        "crates depend along the edges of ARCHITECTURE.md",
        edges::check,
    ),
    (
        "libraries keep to deny.toml and to the budget",
        libraries::check,
    ),
    ("every Rust file begins with what it is", heads::check),
    ("files and functions stay small", bodies::check),
    ("files are named after their job", names::check),
    ("nothing is left half-done", leftovers::check),
    ("every error code is documented", codes::check),
    (
        "no file names a machine's folders or a registry's host",
        places::check,
    ),
    ("the changelog has its shape", changelog::check),
    ("links of the documents lead somewhere", links::check),
    ("shell scripts parse", scripts::check),
];

/// Runs all checks and prints every finding.
pub(crate) fn run(_: &Arguments) -> Result<ExitCode> {
    let tree = Tree::read()?;
    // Side by side, since two of them wait for cargo.
    let results: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = CHECKS
            .iter()
            .map(|(_, check)| scope.spawn(|| check(&tree)))
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().expect("BUG: a check panicked"))
            .collect()
    });
    let mut count = 0;
    for ((rule, _), result) in CHECKS.iter().zip(results) {
        let findings = result.unwrap_or_else(|error| {
            let text = format!("cannot be checked: {error:#}");
            vec![Finding::new("xtask", text)]
        });
        if findings.is_empty() {
            say::good(rule);
            continue;
        }
        say::bad(rule);
        count += findings.len();
        for finding in findings {
            eprintln!("  {finding}");
        }
    }
    Ok(if count == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
