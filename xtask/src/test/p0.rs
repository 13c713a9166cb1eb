//! The promises of `docs/p0.md`: each listed test exists, is run, and can be.
//!
//! It runs nothing. The tests run with all others, in the step after the build.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{environment, process, say, suite, workspace};

/// With fewer promises it is not this product.
const FEWEST: usize = 40;
const DOCUMENT: &str = "docs/p0.md";

/// A row of the document.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Promise {
    binary: String,
    test: String,
}

/// What `cargo nextest list` tells of all tests.
#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "rust-suites")]
    binaries: BTreeMap<String, Binary>,
}

#[derive(Deserialize)]
struct Binary {
    testcases: BTreeMap<String, Test>,
}

#[derive(Deserialize)]
struct Test {
    ignored: bool,
}

/// Says how many promises there are, and which are not held.
pub(super) fn check() -> Result<bool> {
    let path = workspace::root().join(DOCUMENT);
    let text = std::fs::read_to_string(&path).context("docs/p0.md cannot be read")?;
    if !suite::has_nextest() {
        say::warn("cargo-nextest is not installed: nobody looked whether the P0 tests exist");
        return Ok(true);
    }
    let words = ["nextest", "list", "--workspace", "--profile", "gate"];
    let list = process::capture(
        process::cargo()
            .args(words)
            .args(["--message-format", "json"]),
    )?;
    let listed: Listed = serde_json::from_str(&list).context("nextest's list is not understood")?;
    let promises = promises(&text);
    let mut faults = faults(&promises, &listed);
    let missing = environment::missing();
    faults.extend(missing.map(|name| format!("{name}: what it names is not installed")));
    for fault in &faults {
        say::bad(fault);
    }
    if faults.is_empty() {
        say::good(&format!("all {} P0 tests exist and run", promises.len()));
    }
    Ok(faults.is_empty())
}

/// The rows: `` | `binary` | `test` | why | ``.
fn promises(text: &str) -> Vec<Promise> {
    let cells = |line: &str| -> Option<Promise> {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let binary = cells.next()?.trim_end_matches('`').to_owned();
        let test = cells.next()?.trim_matches('`').to_owned();
        Some(Promise { binary, test })
    };
    text.lines().filter_map(cells).collect()
}

fn faults(promises: &[Promise], listed: &Listed) -> Vec<String> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for promise in promises {
        let Promise { binary, test } = promise;
        let found = listed.binaries.get(binary);
        let found = found.and_then(|binary| binary.testcases.get(test));
        match found {
            None => faults.push(format!("{binary} {test}: there is no such test")),
            Some(Test { ignored: true }) => faults.push(format!("{binary} {test}: is ignored")),
            Some(_) if !seen.insert(promise) => {
                faults.push(format!("{binary} {test}: stands there twice"));
            }
            Some(_) => {}
        }
    }
    if promises.len() < FEWEST {
        let count = promises.len();
        faults.push(format!(
            "{DOCUMENT}: {count} rows, and {FEWEST} are the least"
        ));
    }
    faults
}

#[cfg(test)]
mod tests;
