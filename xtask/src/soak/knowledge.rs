//! `knowledge`: searching team knowledge over a growing number of entries, on both databases, by the
//! benchmark's own case of that name. Its plots are kept in `docs/evidence`.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{commit, date, evidence};
use crate::{bench, say, workspace};

pub(super) const NAME: &str = "knowledge";

/// Over how many entries, unless it is said.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// How many entries are written per second, and how many seconds the searches over one size take, on
/// two processors.
const WRITTEN: usize = 2_000;
const SEARCHED: usize = 45;

/// About how many minutes it takes on both databases, beside building.
fn expected(sizes: &[usize]) -> usize {
    let most = sizes.iter().max().copied().unwrap_or(0);
    (2 * (most / WRITTEN + SEARCHED * sizes.len())).div_ceil(60)
}

/// Measures, judges and keeps; true if every budget holds.
pub(super) fn run(sizes: &[usize], keeps: bool) -> Result<bool> {
    let sizes = if sizes.is_empty() { &SIZES } else { sizes };
    let minutes = expected(sizes);
    say::step(&format!(
        "knowledge: searches over a growing number of entries, about {minutes} minutes"
    ));
    let fresh = workspace::target().join("soak/knowledge.json");
    std::fs::create_dir_all(workspace::target().join("soak"))?;
    let plots = workspace::root().join("docs/evidence");
    // Before the plots are written: those are no local changes.
    let commit = commit()?;
    bench::measure_knowledge(sizes, &fresh, keeps.then_some(&*plots))?;
    let text = std::fs::read_to_string(&fresh)
        .with_context(|| format!("cannot read {}", fresh.display()))?;
    let findings: Value = serde_json::from_str(&text)?;
    let (text, passed) = told(&findings)?;
    ensure!(text.contains("entries"), "nothing was measured");
    if keeps {
        let section = section(&text, passed, &date()?, &commit, &plots)?;
        evidence::put(NAME, &section)?;
    }
    Ok(passed)
}

/// What was found out as lines of Markdown, and whether every budget holds and nothing failed.
fn told(findings: &Value) -> Result<(String, bool)> {
    let list = |name: &str| findings[name].as_array().cloned().unwrap_or_default();
    let (mut text, mut passed) = (String::new(), true);
    for judged in list("judged") {
        let holds = judged["holds"].as_bool().context("a budget is judged")?;
        let is = judged["value"].as_f64().context("a budget has a value")?;
        let (name, budget) = (shown(&judged["name"]), shown(&judged["budget"]));
        let line = format!("{name}: {is:.1}, must be {budget}");
        match holds {
            true => say::good(&line),
            false => say::bad(&line),
        }
        passed &= holds;
        let verdict = if holds { "" } else { " **missed**" };
        text.push_str(&format!("- {line}{verdict}\n"));
    }
    for skipped in list("skipped") {
        passed = false;
        text.push_str(&format!("- **{}**\n", shown(&skipped)));
    }
    text.push_str("\n| what | how much |\n|---|--:|\n");
    for single in list("singles") {
        let value = single["value"].as_f64().context("a figure has a value")?;
        let (name, unit) = (shown(&single["name"]), shown(&single["unit"]));
        text.push_str(&format!("| {name} | {value:.1} {unit} |\n"));
    }
    Ok((text, passed))
}

fn shown(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.replace('\n', " ")
}

fn section(
    text: &str,
    passed: bool,
    date: &str,
    commit: &str,
    plots: &std::path::Path,
) -> Result<String> {
    let verdict = if passed { "passed" } else { "**failed**" };
    let mut section = format!(
        "### {NAME}\n\na thousand scopes, text after Zipf, queries of four words of which one stands in \
         more than a tenth of all entries; every search is one (`knowledge.search_cache = false`), PostgreSQL has \
         `shared_buffers = 1GB` and `max_wal_size = 4GB`. Of a hundred clients each asks once a second; without a \
         pause they ask for more than can be served, and come again when they are turned away \
         (`Retry-After`)\n\n{date}, commit {commit}: {verdict}\n\n{text}"
    );
    let mut names: Vec<String> = std::fs::read_dir(plots)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".svg"))
        .collect();
    names.sort();
    for name in names {
        let title = name.trim_end_matches(".svg").replace('-', " ");
        section.push_str(&format!("\n![{title}](evidence/{name})\n"));
    }
    Ok(section)
}

#[cfg(test)]
mod tests;
