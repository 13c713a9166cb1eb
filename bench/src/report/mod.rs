//! The report: a table on standard output, and JSON, plots and a document in the repository.

mod chart;
mod document;
mod table;

use std::path::Path;

use anyhow::{Context, Result};

use crate::figures::Findings;

/// Prints everything.
pub fn print(findings: &Findings) {
    println!("{}", table::of(findings));
}

/// Writes `benchmarks.md` and what it shows into the folder of documents.
pub fn keep(findings: &Findings, docs: &Path) -> Result<()> {
    let folder = docs.join("benchmarks");
    std::fs::create_dir_all(&folder)?;
    let json = serde_json::to_string_pretty(findings)?;
    std::fs::write(folder.join("results.json"), format!("{json}\n"))?;
    for (name, svg) in chart::all(findings) {
        std::fs::write(folder.join(name), svg)?;
    }
    let path = docs.join("benchmarks.md");
    let subject = || format!("cannot write {}", path.display());
    let text = std::fs::read_to_string(&path).with_context(subject)?;
    let text = document::replace(&text, &document::results(findings, &folder));
    std::fs::write(&path, text).with_context(subject)
}
