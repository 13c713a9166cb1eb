//! The guard that noise cannot fool: how many instructions a call takes, against what is recorded,
//! and how that changes with more tools, more tenants, and nobody watching.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, Result};

use super::callgrind::{self, Callgrind, MANY};
use crate::{say, workspace};

/// Compare the instructions of a call with those recorded.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Record what is counted now: of each figure the middle of three runs.
    #[arg(long)]
    record: bool,
}

/// How far a count may be from the recorded one, in percent.
const TOLERANCE: f64 = 3.0;

/// How often everything is counted to be recorded.
const RUNS: usize = 3;

/// How many runs there are at once.
const AT_ONCE: usize = 2;

/// What is counted: its name, and the words for `genkan-callgrind`.
const FIGURES: [(&str, &[&str]); 9] = [
    ("echo", &["echo"]),
    ("change", &["change"]),
    ("list", &["list"]),
    ("echo, nobody watching", &["echo", "--unobserved"]),
    ("echo, 50 tools", &["echo", "--tools", "50"]),
    ("echo, 5000 tools", &["echo", "--tools", "5000"]),
    ("echo, 1 tenant", &["echo", "--tenants", "1"]),
    ("echo, 1000 tenants", &["echo", "--tenants", "1000"]),
    (
        "echo, 64 tenants at once",
        &["echo", "--tenants", "64", "--mixed"],
    ),
];

/// One figure that may cost only so many percent more than another, or less.
struct Relation {
    figure: &'static str,
    to: &'static str,
    percent: f64,
}

const RELATIONS: [Relation; 3] = [
    Relation {
        figure: "echo, 5000 tools",
        to: "echo, 50 tools",
        percent: 10.0,
    },
    Relation {
        figure: "echo, 1000 tenants",
        to: "echo, 1 tenant",
        percent: 10.0,
    },
    Relation {
        figure: "echo",
        to: "echo, nobody watching",
        percent: 5.0,
    },
];

/// Instructions per call by figure.
type Counts = BTreeMap<String, u64>;

/// Counts, then compares or records.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let callgrind = Callgrind::prepare()?;
    if !arguments.record {
        return Ok(match holds(&callgrind)? {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        });
    }
    let runs: Vec<Counts> = (0..RUNS)
        .map(|_| count_all(&callgrind))
        .collect::<Result<_>>()?;
    let counts = middle(&runs);
    let json = serde_json::to_string_pretty(&counts)?;
    std::fs::write(record(), format!("{json}\n"))?;
    say::good(&format!("recorded {counts:?}"));
    Ok(ExitCode::SUCCESS)
}

/// The guard as a step of the gate. Where nothing can be counted it says so and lets pass.
pub(crate) fn check() -> Result<bool> {
    if !callgrind::is_possible() {
        say::warn("nothing is counted: there is no valgrind, or this is not an x86-64 machine");
        return Ok(true);
    }
    holds(&Callgrind::prepare()?)
}

fn holds(callgrind: &Callgrind) -> Result<bool> {
    let text = std::fs::read_to_string(record())
        .context("nothing is recorded; `cargo xtask bench guard --record` does")?;
    let recorded = serde_json::from_str(&text)?;
    let counts = count_all(callgrind)?;
    let is_recorded = compare(&recorded, &counts);
    Ok(relate(&counts) && is_recorded)
}

fn record() -> PathBuf {
    workspace::root().join("bench/instructions.json")
}

/// Counts every figure once, some at the same time.
fn count_all(callgrind: &Callgrind) -> Result<Counts> {
    let left = Mutex::new(FIGURES.iter());
    let next = || left.lock().ok().and_then(|mut left| left.next());
    let work = || -> Result<Counts> {
        let mut counts = Counts::new();
        while let Some((name, words)) = next() {
            counts.insert((*name).to_owned(), callgrind.count(words, MANY)?.per_call);
        }
        Ok(counts)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut all = Counts::new();
        for worker in workers {
            let counts: Result<Counts> = worker.join().expect("BUG: a run does not panic");
            all.extend(counts?);
        }
        Ok(all)
    })
}

/// Of each figure the one in the middle.
fn middle(runs: &[Counts]) -> Counts {
    let figure = |name: &str| {
        let mut counts: Vec<u64> = runs
            .iter()
            .filter_map(|run| run.get(name).copied())
            .collect();
        counts.sort_unstable();
        Some((name.to_owned(), *counts.get(counts.len() / 2)?))
    };
    FIGURES
        .iter()
        .filter_map(|(name, _)| figure(name))
        .collect()
}

/// Says how each count stands to the recorded one; false if any is too far from it.
fn compare(recorded: &Counts, counted: &Counts) -> bool {
    let mut holds = true;
    for (figure, now) in counted {
        let Some(before) = recorded.get(figure) else {
            say::bad(&format!("`{figure}` is not recorded"));
            holds = false;
            continue;
        };
        let change = change_percent(*before, *now);
        let text =
            format!("`{figure}`: {now} instructions per call, {before} recorded ({change:+.1} %)");
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

/// Says how figures stand to each other; false if any relation does not hold.
fn relate(counted: &Counts) -> bool {
    let mut holds = true;
    for Relation {
        figure,
        to,
        percent,
    } in RELATIONS
    {
        let (Some(now), Some(base)) = (counted.get(figure), counted.get(to)) else {
            continue;
        };
        let change = change_percent(*base, *now);
        let text = format!("`{figure}` against `{to}`: {change:+.1} %, at most ±{percent} %");
        if change.abs() <= percent {
            say::good(&text);
        } else {
            holds = false;
            say::bad(&text);
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
