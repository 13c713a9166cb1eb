//! Keeps results in `docs/evidence.md`: one section per job, between two
//! markers, replaced by every run. Text outside the markers is by hand.

use anyhow::{Context, Result};

use crate::suite::Totals;
use crate::workspace;

/// The result of one job.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) commit: String,
    pub(super) date: String,
    pub(super) minutes: f64,
    pub(super) totals: Totals,
    pub(super) passed: bool,
    /// Lines that the tests wrote themselves.
    pub(super) figures: String,
}

impl Section {
    /// The result in one line.
    pub(super) fn line(&self) -> String {
        let verdict = if self.passed { "passed" } else { "**failed**" };
        format!("{verdict}; {}; {:.1} minutes", self.totals, self.minutes)
    }

    fn text(&self) -> String {
        let line = self.line();
        let Section {
            name,
            what,
            commit,
            date,
            figures,
            ..
        } = self;
        let mut text = format!("### {name}\n\n{what}\n\n{date}, commit {commit}: {line}\n");
        if !figures.is_empty() {
            text.push('\n');
            text.push_str(figures);
        }
        text
    }
}

/// Writes the section into the document.
pub(super) fn keep(section: &Section) -> Result<()> {
    put(section.name, &section.text())
}

/// Writes a text of its own between the markers of `name`.
pub(crate) fn put(name: &str, text: &str) -> Result<()> {
    let path = workspace::root().join("docs/evidence.md");
    let subject = || format!("cannot keep the result in {}", path.display());
    let document = std::fs::read_to_string(&path).with_context(subject)?;
    let document = replace(&document, name, text);
    std::fs::write(&path, document).with_context(subject)
}

/// The document with the text between the markers of `name`, which are added
/// at the end if they are not there yet.
fn replace(document: &str, name: &str, text: &str) -> String {
    let (begin, end) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let block = format!("{begin}\n{text}{end}");
    if let Some((before, rest)) = document.split_once(&begin)
        && let Some((_, after)) = rest.split_once(&end)
    {
        return format!("{before}{block}{after}");
    }
    format!("{}\n\n{block}\n", document.trim_end())
}

#[cfg(test)]
mod tests;
