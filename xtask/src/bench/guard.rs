//! The guard that noise cannot fool: how many instructions a call takes, counted by valgrind.
//!
//! Each path is driven twice, with a different number of calls; the difference is the cost of the
//! calls alone, without that of the start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{process, say, workspace};

/// Compare the instructions of a call with those recorded.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Record what is counted now.
    #[arg(long)]
    record: bool,
}

/// How far a count may be from the recorded one, in percent.
const TOLERANCE: f64 = 3.0;

/// Batches of the shorter and of the longer run, and calls in a batch.
const SHORT: u64 = 5;
const LONG: u64 = 35;
const BATCH: u64 = 64;

/// How often each length is run.
const RUNS: usize = 5;

/// The paths of `genkan-callgrind`.
const PATHS: [&str; 3] = ["echo", "change", "list"];

/// Instructions per call by path.
type Counts = BTreeMap<String, u64>;

/// Counts, then compares or records.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let valgrind = process::find("valgrind")
        .context("valgrind is not installed (Debian: `apt-get install valgrind`)")?;
    super::build(&["--package", "genkan-bench", "--bin", "genkan-callgrind"])?;
    let mut counts = Counts::new();
    for path in PATHS {
        say::step(&format!("counting the instructions of `{path}`"));
        let (short, long) = (
            count(&valgrind, path, SHORT)?,
            count(&valgrind, path, LONG)?,
        );
        let calls = (LONG - SHORT) * BATCH;
        counts.insert(path.to_owned(), long.saturating_sub(short) / calls);
    }
    if arguments.record {
        let json = serde_json::to_string_pretty(&counts)?;
        std::fs::write(record(), format!("{json}\n"))?;
        say::good(&format!("recorded {counts:?}"));
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(record())
        .context("nothing is recorded; `cargo xtask bench guard --record` does")?;
    let holds = compare(&serde_json::from_str(&text)?, &counts);
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn record() -> PathBuf {
    workspace::root().join("bench/instructions.json")
}

/// All instructions of a run, the fewest of several: what differs, such as a key that is looked up
/// again after half a second, only adds.
fn count(valgrind: &Path, path: &str, batches: u64) -> Result<u64> {
    let counts: Result<Vec<u64>> = (0..RUNS)
        .map(|_| run_once(valgrind, path, batches))
        .collect();
    counts?.into_iter().min().context("there are several runs")
}

fn run_once(valgrind: &Path, path: &str, batches: u64) -> Result<u64> {
    let mut command = Command::new(valgrind);
    // The counts alone are wanted, so nothing is kept. Threads take fair turns, or chance would.
    command.args([
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        "--fair-sched=yes",
    ]);
    command.arg(super::binary("genkan-callgrind"));
    command.args([path, &batches.to_string(), "--batch", &BATCH.to_string()]);
    let output = command.output().context("valgrind did not start")?;
    let words = String::from_utf8_lossy(&output.stderr);
    let total = words.lines().find_map(|line| {
        let (_, number) = line.split_once("Collected :")?;
        number.trim().parse().ok()
    });
    total
        .filter(|_| output.status.success())
        .with_context(|| format!("valgrind counted nothing for `{path}`:\n{words}"))
}

/// Says how each count stands to the recorded one; false if any is too far from it.
fn compare(recorded: &Counts, counted: &Counts) -> bool {
    let mut holds = true;
    for (path, now) in counted {
        let Some(before) = recorded.get(path) else {
            say::bad(&format!("`{path}` is not recorded"));
            holds = false;
            continue;
        };
        let change = change_percent(*before, *now);
        let text =
            format!("`{path}`: {now} instructions per call, {before} recorded ({change:+.1} %)");
        if change.abs() <= TOLERANCE {
            say::good(&text);
        } else {
            holds = false;
            let advice = "if that is meant, run `cargo xtask bench guard --record`";
            say::bad(&format!("{text}; {advice}"));
        }
    }
    holds
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts are far smaller than 2^52"
)]
fn change_percent(before: u64, now: u64) -> f64 {
    (now as f64 - before as f64) * 100.0 / before as f64
}

#[cfg(test)]
mod tests;
