//! `cargo xtask sbom`: the bill of materials of the shipped binary, in CycloneDX 1.6: every package
//! that is linked on any platform, with version, licence, checksum, and who needs it. The same tree
//! gives the same bytes, so that two releases can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{process, workspace};

/// The package that ships.
const PRODUCT: &str = "genkan";

/// Print the bill of materials of the shipped binary (CycloneDX 1.6).
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Name and version.
type Id = (String, String);

/// A package of the binary.
#[derive(Debug, Default)]
struct Package {
    licence: String,
    repository: String,
    needs: BTreeSet<Id>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Prints it.
pub(crate) fn run(_: &Arguments) -> Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&document()?)?);
    Ok(ExitCode::SUCCESS)
}

fn document() -> Result<Value> {
    // Cargo's tree knows which features are on; its metadata also lists what nobody asks for.
    let tree = process::capture(process::cargo().args([
        "tree",
        "--locked",
        "--quiet",
        "--package",
        PRODUCT,
        "--edges",
        "normal",
        "--target",
        "all",
        "--prefix",
        "depth",
        "--format",
        "\t{p}\t{l}\t{r}",
    ]))?;
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock"))
        .context("cannot read Cargo.lock")?;
    bill(&parse(&tree)?, &checksums(&lock)?)
}

fn checksums(lock: &str) -> Result<BTreeMap<Id, String>> {
    let lock: Lock = toml::from_str(lock).context("cannot read Cargo.lock")?;
    let locked = lock.package.into_iter();
    let known = locked.filter_map(|package| {
        let id = (package.name, package.version);
        package.checksum.map(|checksum| (id, checksum))
    });
    Ok(known.collect())
}

/// Reads lines such as `2<tab>serde v1.0.2 (proc-macro)<tab>MIT<tab>https://… (*)`: the number says how
/// deep the package stands, so that the last one before it that stands higher needs it.
fn parse(tree: &str) -> Result<BTreeMap<Id, Package>> {
    let mut packages: BTreeMap<Id, Package> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut fields = line.trim_end_matches(" (*)").split('\t');
        let mut field = || {
            fields
                .next()
                .with_context(|| format!("cannot read `{line}`"))
        };
        let (depth, package) = (field()?, field()?);
        let (licence, repository) = (field()?, field()?);
        let depth: usize = depth
            .parse()
            .with_context(|| format!("cannot read `{line}`"))?;
        let mut words = package.split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        let version = words
            .next()
            .unwrap_or_default()
            .trim_start_matches('v')
            .to_owned();
        let id = (name, version);
        above.truncate(depth);
        if let Some(parent) = above.last().and_then(|parent| packages.get_mut(parent)) {
            parent.needs.insert(id.clone());
        }
        let entry = packages.entry(id.clone()).or_default();
        entry.licence = licence.trim().replace('/', " OR ");
        entry.repository = repository.trim().to_owned();
        above.push(id);
    }
    Ok(packages)
}

fn bill(packages: &BTreeMap<Id, Package>, checksums: &BTreeMap<Id, String>) -> Result<Value> {
    let product = packages.keys().find(|(name, _)| name == PRODUCT);
    let product = product.with_context(|| format!("cargo's tree does not begin with {PRODUCT}"))?;
    let others = packages.iter().filter(|(id, _)| *id != product);
    let components: Vec<Value> = others
        .map(|(id, package)| component("library", id, package, checksums.get(id)))
        .collect();
    let dependencies: Vec<Value> = packages
        .iter()
        .map(|(id, package)| {
            let needs: Vec<String> = package.needs.iter().map(purl).collect();
            json!({ "ref": purl(id), "dependsOn": needs })
        })
        .collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": component("application", product, &packages[product], None) },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component(kind: &str, id: &Id, package: &Package, checksum: Option<&String>) -> Value {
    let (name, version) = id;
    let mut component = json!({
        "type": kind,
        "bom-ref": purl(id),
        "name": name,
        "version": version,
        "purl": purl(id),
    });
    if !package.licence.is_empty() {
        component["licenses"] = json!([{ "expression": package.licence }]);
    }
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if !package.repository.is_empty() {
        let reference = json!({ "type": "vcs", "url": package.repository });
        component["externalReferences"] = json!([reference]);
    }
    component
}

/// The package URL, which also names the package within the bill. A `+` in a version is escaped.
fn purl((name, version): &Id) -> String {
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

#[cfg(test)]
mod tests;
