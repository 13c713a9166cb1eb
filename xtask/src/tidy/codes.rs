//! Every error code is documented, and nothing else is: the rows of the table
//! and the headings of `docs/errors.md` are the same set.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{Finding, Tree};

const TABLE: &str = "crates/genkan-core/src/error/code.rs";
const DOCUMENT: &str = "docs/errors.md";

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let Some(table) = tree.find(TABLE) else {
        return Ok(vec![Finding::new(
            TABLE,
            "the table of error codes is not there",
        )]);
    };
    let codes = rows(&table.text);
    if codes.is_empty() {
        return Ok(vec![Finding::new(
            TABLE,
            "no row like `Name \"name\" 400 -32602 \"hint\";`",
        )]);
    }
    let Some(document) = tree.find(DOCUMENT) else {
        return Ok(vec![Finding::new(
            DOCUMENT,
            "the document of the error codes is not there",
        )]);
    };
    let documented = headings(&document.text);
    let mut findings = Vec::new();
    for code in codes.difference(&documented) {
        findings.push(Finding::new(
            DOCUMENT,
            format!("no heading for the error code `{code}`"),
        ));
    }
    for code in documented.difference(&codes) {
        findings.push(Finding::new(
            DOCUMENT,
            format!("there is no error code `{code}`"),
        ));
    }
    Ok(findings)
}

/// The names in rows such as `UnknownTool "unknown_tool" 400 -32602 "List …";`.
fn rows(table: &str) -> BTreeSet<&str> {
    table.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let variant = words.next()?;
    let name = words.next()?.strip_prefix('"')?.strip_suffix('"')?;
    let status = words.next()?;
    let numeric = status.chars().all(|character| character.is_ascii_digit());
    (variant.starts_with(|character: char| character.is_ascii_uppercase()) && numeric)
        .then_some(name)
}

/// The names in headings such as `### unknown_tool`; a heading that is not one
/// word in the letters of a code is a heading of the text.
fn headings(document: &str) -> BTreeSet<&str> {
    document.lines().filter_map(heading).collect()
}

fn heading(line: &str) -> Option<&str> {
    let text = line
        .strip_prefix("##")?
        .trim_start_matches('#')
        .trim()
        .trim_matches('`');
    let is_of_code = |character: char| matches!(character, 'a'..='z' | '0'..='9' | '_');
    (!text.is_empty() && text.chars().all(is_of_code)).then_some(text)
}

#[cfg(test)]
mod tests;
