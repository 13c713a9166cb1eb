//! The report: a table on standard output, and JSON, plots and a document in the repository.

mod chart;
mod document;
mod growth;
mod table;

use std::path::Path;

use anyhow::{Context, Result};

use crate::figures::Findings;

/// Prints everything.
pub fn print(findings: &Findings) {
    println!("{}", table::of(findings));
}

/// Everything as JSON.
pub fn json(findings: &Findings) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(findings)?))
}

/// Draws what grows with something else into a folder, in the place of what was drawn there before.
pub fn draw(findings: &Findings, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    forget_plots(folder)?;
    for (name, svg) in growth::all(findings) {
        std::fs::write(folder.join(name), svg)?;
    }
    Ok(())
}

/// Writes `benchmarks.md` and what it shows into the folder of documents.
pub fn keep(findings: &Findings, docs: &Path) -> Result<()> {
    let folder = docs.join("benchmarks");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("results.json"), json(findings)?)?;
    let plots: Vec<_> = chart::all(findings)
        .into_iter()
        .chain(growth::all(findings))
        .collect();
    forget_plots(&folder)?;
    for (name, svg) in &plots {
        std::fs::write(folder.join(name), svg)?;
    }
    let path = docs.join("benchmarks.md");
    let subject = || format!("cannot write {}", path.display());
    let text = std::fs::read_to_string(&path).with_context(subject)?;
    let text = document::replace(&text, &document::results(findings, &plots));
    std::fs::write(&path, text).with_context(subject)
}

/// Removes the plots of an earlier run, so that none stays beside figures that it does not show.
fn forget_plots(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}
