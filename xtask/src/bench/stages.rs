//! Where the instructions of a call go, by part: what stands in `docs/benchmarks.md` beside the results.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::callgrind::{Batches, Callgrind, FEW, MANY};
use crate::{say, workspace};

/// Tell by part where the instructions of a call go, and keep it in docs/benchmarks.md.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Leave the document as it is.
    #[arg(long)]
    no_keep: bool,
}

/// The paths that are told apart.
const PATHS: [(&str, Batches); 4] = [
    ("echo", MANY),
    ("change", MANY),
    ("list", MANY),
    ("context", FEW),
];

/// A part, and how the names of its functions begin; the first that fits counts.
const PARTS: [(&str, &[&str]); 11] = [
    (
        "allocator",
        &[
            "mi_",
            "_mi_",
            "rustc",
            "malloc",
            "free",
            "realloc",
            "alloc::alloc",
        ],
    ),
    (
        "digests: keys, records, chain",
        &[
            "aws_lc",
            "genkan_core::digest",
            "genkan_store::audit::encode",
            "genkan_store::audit::signer",
            "genkan_store::audit::chain",
            "genkan_identity",
        ],
    ),
    ("SQLite", &["rusqlite", "genkan_store::db"]),
    ("lanes and records", &["genkan_store"]),
    (
        "metrics and log",
        &[
            "metrics",
            "tracing",
            "genkan_engine::measure",
            "genkan_server::measure",
            "matchers",
        ],
    ),
    (
        "JSON: reading and writing",
        &[
            "serde",
            "genkan_server::json",
            "genkan_server::mcp::wire",
            "indexmap",
            "itoa",
        ],
    ),
    (
        "HTTP: routes and headers",
        &[
            "http",
            "axum",
            "hyper",
            "tower",
            "matchit",
            "bytes",
            "genkan_server::guard",
        ],
    ),
    ("MCP: messages", &["genkan_server"]),
    (
        "engine: ring and stages",
        &[
            "genkan_engine",
            "genkan_core",
            "governor",
            "dashmap",
            "quanta",
            "jsonschema",
            "moka",
        ],
    ),
    (
        "tools",
        &[
            "genkan_toolsets",
            "genkan_testkit",
            "rust_stemmers",
            "unicode",
        ],
    ),
    (
        "runtime: tasks, locks, time",
        &[
            "tokio",
            "futures",
            "pthread",
            "std::sync",
            "clock_gettime",
            "parking_lot",
        ],
    ),
];
/// The C code in the program that belongs to none of these.
const SQLITE: &str = "SQLite";
/// The rest: copying, comparing, hash maps, what the compiler put together.
const REST: &str = "the rest: copying, comparing, hash maps";

const BEGIN: &str = "<!-- stages: begin -->";
const END: &str = "<!-- stages: end -->";

/// Counts, prints and keeps.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let callgrind = Callgrind::prepare()?;
    let mut columns = Vec::new();
    for (path, batches) in PATHS {
        say::step(&format!("counting `{path}`"));
        let counted = callgrind.count(&[path], batches)?;
        columns.push((counted.per_call, by_part(&counted.profile)?));
    }
    let table = table(&columns);
    println!("{table}");
    if !arguments.no_keep {
        let document = workspace::root().join("docs/benchmarks.md");
        let text = std::fs::read_to_string(&document)?;
        std::fs::write(&document, replace(&text, &table)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The instructions of each part in a profile.
fn by_part(profile: &Path) -> Result<BTreeMap<&'static str, u64>> {
    let text = std::fs::read_to_string(profile)
        .with_context(|| format!("cannot read {}", profile.display()))?;
    let mut parts = BTreeMap::new();
    for ((object, function), cost) in own_costs(&text) {
        *parts.entry(part_of(object, function)).or_default() += cost;
    }
    Ok(parts)
}

/// The part that a function belongs to.
fn part_of(object: &str, function: &str) -> &'static str {
    let name = owner(function);
    let fits = |(_, begins): &&(&str, &[&str])| begins.iter().any(|begin| name.starts_with(begin));
    if let Some(&(part, _)) = PARTS.iter().find(fits) {
        return part;
    }
    let is_c = !function.contains("::") && object.contains("genkan");
    if is_c { SQLITE } else { REST }
}

/// Whose a function is: of `<A as B>::c` and of the end of an `A`, it is A.
fn owner(function: &str) -> &str {
    let name = function
        .strip_prefix("core::ptr::drop_in_place")
        .unwrap_or(function);
    let name = name.trim_start_matches(['<', '&', '_', '[', '(', '*']);
    let name = name.strip_prefix("mut ").unwrap_or(name);
    name.strip_prefix("dyn ").unwrap_or(name)
}

/// What each function spent itself, by object and name, out of callgrind's own form: names are
/// numbered when they first stand there, and what a callee spent follows a line `calls=`.
fn own_costs(text: &str) -> HashMap<(&str, &str), u64> {
    let mut costs = HashMap::new();
    let (mut objects, mut functions) = (HashMap::new(), HashMap::new());
    let (mut object, mut function) = ("", "");
    let mut is_callee = false;
    for line in text.lines() {
        match line.split_once('=') {
            Some(("ob", name)) => object = named(&mut objects, name),
            Some(("cob", name)) => {
                named(&mut objects, name);
            }
            Some(("fn", name)) => function = named(&mut functions, name),
            Some(("cfn", name)) => {
                named(&mut functions, name);
            }
            Some(("calls", _)) => is_callee = true,
            Some(_) => {}
            None if std::mem::take(&mut is_callee) => {}
            None => {
                let is_cost = line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c));
                let cost = line.split(' ').nth(1).and_then(|cost| cost.parse().ok());
                if let Some(cost) = cost.filter(|_: &u64| is_cost) {
                    *costs.entry((object, function)).or_default() += cost;
                }
            }
        }
    }
    costs
}

/// The name behind `(7) name`, or behind `(7)` alone later on.
fn named<'t>(names: &mut HashMap<&'t str, &'t str>, text: &'t str) -> &'t str {
    match text.split_once(' ') {
        Some((number, name)) => {
            names.insert(number, name);
            name
        }
        None => names.get(text).copied().unwrap_or(text),
    }
}

fn table(columns: &[(u64, BTreeMap<&'static str, u64>)]) -> String {
    let paths = PATHS.map(|(path, _)| path);
    let mut text = format!(
        "| part | {} |\n|---|{}\n",
        paths.join(" | "),
        "--:|".repeat(paths.len())
    );
    let parts = PARTS.iter().map(|(part, _)| *part).chain([REST]);
    for part in parts {
        let shares = columns.iter().map(|(per_call, parts)| {
            let whole: u64 = parts.values().sum();
            let own = parts.get(part).copied().unwrap_or(0);
            // In the share of a call, so that parts add up to what the guard counts.
            let instructions = u128::from(own) * u128::from(*per_call) / u128::from(whole.max(1));
            format!("{instructions} ({} %)", 100 * own / whole.max(1))
        });
        let shares: Vec<_> = shares.collect();
        text.push_str(&format!("| {part} | {} |\n", shares.join(" | ")));
    }
    let totals: Vec<_> = columns
        .iter()
        .map(|(per_call, _)| per_call.to_string())
        .collect();
    text.push_str(&format!("| **all** | {} |", totals.join(" | ")));
    text
}

/// The document with the table between the markers.
fn replace(document: &str, table: &str) -> Result<String> {
    let (before, rest) = document
        .split_once(BEGIN)
        .context("no place for the table")?;
    let (_, after) = rest
        .split_once(END)
        .context("the place for the table has no end")?;
    Ok(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests;
