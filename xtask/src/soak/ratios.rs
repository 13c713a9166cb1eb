//! `bench`: what a call costs as a multiple of the floor, in five interleaved
//! rounds, against the last full run of the benchmark. Ratios of processor time
//! are the same on a slow machine and on a fast one, within limits.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{commit, date, evidence};
use crate::{bench, say, workspace};

pub(super) const NAME: &str = "bench";

/// What is measured again.
const CASES: [&str; 3] = ["echo", "change", "list-50"];

/// With how many clients.
const CLIENTS: [u64; 2] = [16, 64];

/// How much more than recorded a ratio may be, in percent.
const TOLERANCE: f64 = 25.0;

/// Ratios to the floor by case, server and clients.
type Ratios = BTreeMap<(String, String, u64), f64>;

/// Measures, compares and keeps; true if nothing is much dearer than recorded.
pub(super) fn run(keeps: bool) -> Result<bool> {
    say::step("bench: processor time as ratios, against the last full run");
    let record = workspace::root().join("docs/benchmarks/results.json");
    let recorded = read(&record).context("nothing is recorded; `cargo xtask bench` does")?;
    let fresh = workspace::target().join("soak/bench.json");
    std::fs::create_dir_all(workspace::target().join("soak"))?;
    bench::measure_own(&CASES, &fresh)?;
    let rows = compare(&recorded, &read(&fresh)?);
    ensure!(!rows.is_empty(), "no case of the record was measured");
    let passed = rows.iter().all(|row| row.holds);
    for row in &rows {
        match row.holds {
            true => say::good(&row.text),
            false => say::bad(&row.text),
        }
    }
    if keeps {
        evidence::put(NAME, &text(&rows, passed)?)?;
    }
    Ok(passed)
}

fn read(file: &std::path::Path) -> Result<Ratios> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(ratios(&serde_json::from_str(&text)?))
}

/// The ratios in the JSON of a run; the floor itself has none that says anything.
fn ratios(findings: &Value) -> Ratios {
    let figures = findings["figures"].as_array().into_iter().flatten();
    let ratios = figures.filter_map(|figures| {
        let text = |name: &str| figures[name].as_str().map(str::to_owned);
        let key = (text("case")?, text("server")?, figures["clients"].as_u64()?);
        Some((key, figures["ratio"].as_f64()?))
    });
    ratios
        .filter(|((_, server, _), _)| server.starts_with("Genkan"))
        .collect()
}

struct Row {
    text: String,
    holds: bool,
}

/// What must have been measured both times, in the order of the cases.
fn compare(recorded: &Ratios, fresh: &Ratios) -> Vec<Row> {
    let expected = recorded.iter().chain(fresh).map(|(key, _)| key);
    let expected = expected
        .filter(|(case, _, clients)| CASES.contains(&case.as_str()) && CLIENTS.contains(clients));
    let expected: BTreeSet<_> = expected.collect();
    let row = |key: &(String, String, u64)| {
        let (case, server, clients) = key;
        let name = format!("{case}, {clients} clients, {server}");
        match (recorded.get(key), fresh.get(key)) {
            (Some(before), Some(now)) => {
                let change = (now / before - 1.0) * 100.0;
                Row {
                    text: format!(
                        "{name}: {now:.2} × the floor, {before:.2} recorded ({change:+.0} %)"
                    ),
                    holds: change <= TOLERANCE,
                }
            }
            (before, _) => Row {
                text: match before {
                    None => format!("{name}: nothing is recorded"),
                    Some(_) => format!("{name}: not measured"),
                },
                holds: false,
            },
        }
    };
    expected.into_iter().map(row).collect()
}

fn text(rows: &[Row], passed: bool) -> Result<String> {
    let verdict = if passed { "passed" } else { "**failed**" };
    let mut text = format!(
        "### {NAME}\n\nprocessor time of a call as a multiple of the floor, five interleaved rounds; \
         none may be {TOLERANCE} % above the last full run\n\n{}, commit {}: {verdict}\n\n",
        date()?,
        commit()?
    );
    for row in rows {
        text.push_str(&format!("- {}\n", row.text));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
