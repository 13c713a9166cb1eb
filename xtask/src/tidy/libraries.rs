//! What is linked: licences, bans and sources as `deny.toml` states them, and
//! a budget for the number of packages in the shipped binary.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Finding, Tree, licence};
use crate::process;

/// How many packages `genkan` may be made of, on all platforms together: what
/// there was when the number was last set, and thirty more. Raising it is a
/// decision, written down in docs/decisions/0001-dependencies.md.
const BUDGET: usize = 330;

const POLICY: &str = "deny.toml";
const LOCK: &str = "Cargo.lock";
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let policy = tree.find(POLICY).context("deny.toml is not there")?;
    let policy: Policy = toml::from_str(&policy.text).context("cannot read deny.toml")?;
    // `cargo tree` knows which features are on; the lock file and the metadata
    // also list packages that no enabled feature asks for.
    let all = packages(&["--workspace", "--edges", "normal,build,dev"])?;
    let shipped = packages(&["--package", "genkan", "--edges", "normal"])?;
    let mut findings = judge(&all, &policy);
    if shipped.len() > BUDGET {
        let text = format!(
            "genkan is made of {} packages; the budget is {BUDGET}",
            shipped.len()
        );
        findings.push(Finding::new(LOCK, text));
    }
    if let Some(lock) = tree.find(LOCK) {
        findings.extend(foreign_sources(&lock.text));
    }
    Ok(findings)
}

#[derive(Deserialize)]
struct Policy {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// Packages with their licence, by name and version.
type Packages = BTreeMap<String, String>;

/// The packages that cargo would build on any platform.
fn packages(selection: &[&str]) -> Result<Packages> {
    let text = process::capture(
        process::cargo()
            .args([
                "tree", "--locked", "--quiet", "--target", "all", "--prefix", "none",
            ])
            .args(["--format", "{p}\t{l}"])
            .args(selection),
    )?;
    Ok(parse(&text))
}

/// Reads lines such as `serde v1.0.2 (proc-macro)<tab>MIT OR Apache-2.0 (*)`.
fn parse(text: &str) -> Packages {
    let mut packages = Packages::new();
    for line in text.lines() {
        let Some((package, licence)) = line.split_once('\t') else {
            continue;
        };
        let words: Vec<&str> = package.split_whitespace().take(2).collect();
        let licence = licence.trim_end_matches("(*)").trim();
        packages.insert(words.join(" "), licence.to_owned());
    }
    packages
}

fn judge(packages: &Packages, policy: &Policy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, expression) in packages {
        if !licence::is_allowed(expression, &policy.licenses.allow) {
            let text = format!("{POLICY} does not allow its licence `{expression}`");
            findings.push(Finding::new(package, text));
        }
        let name = package.split(' ').next().unwrap_or_default();
        if let Some(ban) = policy.bans.deny.iter().find(|ban| ban.name == name) {
            let text = format!("{POLICY} bans it: {}", ban.reason);
            findings.push(Finding::new(package, text));
        }
    }
    findings
}

/// Packages that come from elsewhere than the registry of the language.
fn foreign_sources(lock: &str) -> Vec<Finding> {
    let sources = lock.lines().enumerate().filter_map(|(index, line)| {
        let source = line.strip_prefix("source = \"")?.strip_suffix('"')?;
        (source != SOURCE).then(|| Finding::at(LOCK, index + 1, format!("source `{source}`")))
    });
    sources.collect()
}

#[cfg(test)]
mod tests;
