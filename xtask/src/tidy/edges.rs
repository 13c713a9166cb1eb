//! Crates depend along the edges of ARCHITECTURE.md: which crate may see
//! which, and which crate alone may see a library that stands for a duty.
//! Dependencies of tests are free, since they do not ship.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Finding, Tree};
use crate::process;

/// Each product crate with the product crates that it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("genkan-core", &[]),
    ("genkan-store", &["genkan-core"]),
    ("genkan-http", &["genkan-core"]),
    (
        "genkan-identity",
        &["genkan-core", "genkan-store", "genkan-http"],
    ),
    (
        "genkan-models",
        &["genkan-core", "genkan-store", "genkan-http"],
    ),
    (
        "genkan-outside",
        &["genkan-core", "genkan-store", "genkan-http"],
    ),
    (
        "genkan-engine",
        &["genkan-core", "genkan-store", "genkan-identity"],
    ),
    (
        "genkan-toolsets",
        &[
            "genkan-core",
            "genkan-store",
            "genkan-http",
            "genkan-identity",
            "genkan-models",
            "genkan-outside",
        ],
    ),
    (
        "genkan-server",
        &["genkan-core", "genkan-engine", "genkan-identity"],
    ),
    ("genkan", EVERYTHING),
    ("genkan-testkit", EVERYTHING),
    (
        "genkan-bench",
        &[
            "genkan",
            "genkan-core",
            "genkan-store",
            "genkan-identity",
            "genkan-engine",
            "genkan-toolsets",
            "genkan-server",
            "genkan-testkit",
        ],
    ),
    ("xtask", &[]),
];

/// What stands beside or above the product may see all of it; a crate never sees itself anyway.
const EVERYTHING: &[&str] = &[
    "genkan",
    "genkan-core",
    "genkan-store",
    "genkan-http",
    "genkan-identity",
    "genkan-models",
    "genkan-outside",
    "genkan-engine",
    "genkan-toolsets",
    "genkan-server",
];

/// Libraries that stand for a duty, and the one crate that has it.
const DUTIES: &[(&str, &str)] = &[
    ("axum", "genkan-server"),
    ("rusqlite", "genkan-store"),
    ("sqlx", "genkan-store"),
    ("hyper-rustls", "genkan-http"),
    ("reqwest", "genkan-http"),
    ("webpki-roots", "genkan-http"),
];

/// Not part of the product: it may use what it needs.
const FREE: &[&str] = &["genkan-testkit", "genkan-bench", "xtask"];

pub(super) fn check(_: &Tree) -> Result<Vec<Finding>> {
    let text = process::capture(process::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cannot read cargo's metadata")?;
    Ok(judge(&metadata.packages))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or absent for a normal one.
    kind: Option<String>,
}

fn judge(packages: &[Package]) -> Vec<Finding> {
    let edges: BTreeMap<_, _> = EDGES.iter().copied().collect();
    let mut findings = Vec::new();
    for package in packages {
        let Some(allowed) = edges.get(package.name.as_str()) else {
            let text = "has no edges; give it a row in xtask/src/tidy/edges.rs";
            findings.push(Finding::new(&package.name, text));
            continue;
        };
        let shipped = |dependency: &&Dependency| dependency.kind.as_deref() != Some("dev");
        for dependency in package.dependencies.iter().filter(shipped) {
            let name = dependency.name.as_str();
            if edges.contains_key(name) && !allowed.contains(&name) {
                let text = format!("may not depend on {name}");
                findings.push(Finding::new(&package.name, text));
            }
            let duty = DUTIES.iter().find(|(library, _)| *library == name);
            if let Some((library, owner)) = duty
                && *owner != package.name
                && !FREE.contains(&package.name.as_str())
            {
                let text = format!("may not depend on {library}: that is for {owner} alone");
                findings.push(Finding::new(&package.name, text));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests;
