//! Every error code is documented, and nothing else is: the rows of the table
//! and the headings of `docs/errors.md` are the same set, and below each heading
//! stand the numbers of its row.

use std::collections::BTreeMap;

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
    for (code, begin) in &codes {
        let wrong = match documented.get(code) {
            None => format!("no heading for the error code `{code}`"),
            Some(text) if !begins_with(text, begin) => {
                format!("the text of `{code}` does not begin with `{begin}`")
            }
            Some(_) => continue,
        };
        findings.push(Finding::new(DOCUMENT, wrong));
    }
    for code in documented.keys().filter(|code| !codes.contains_key(*code)) {
        findings.push(Finding::new(
            DOCUMENT,
            format!("there is no error code `{code}`"),
        ));
    }
    Ok(findings)
}

/// Whether the text begins so, and the number does not go on.
fn begins_with(text: &str, begin: &str) -> bool {
    let rest = text.strip_prefix(begin);
    rest.is_some_and(|rest| rest.starts_with(['.', ',']))
}

/// The names in rows such as `UnknownTool "unknown_tool" 400 -32602 "List …";`, and how the text of
/// each begins.
fn rows(table: &str) -> BTreeMap<&str, String> {
    table.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<(&str, String)> {
    let mut words = line.split_whitespace();
    let variant = words.next()?;
    let name = words.next()?.strip_prefix('"')?.strip_suffix('"')?;
    let status: u16 = words.next()?.parse().ok()?;
    let json_rpc: i32 = words.next()?.parse().ok()?;
    let begin = format!("HTTP {status}, JSON-RPC {json_rpc}");
    variant
        .starts_with(|character: char| character.is_ascii_uppercase())
        .then_some((name, begin))
}

/// The names in headings such as `### unknown_tool`, with the line below each; a
/// heading that is not one word in the letters of a code is a heading of the text.
fn headings(document: &str) -> BTreeMap<&str, &str> {
    let mut lines = document
        .lines()
        .filter(|line| !line.trim().is_empty())
        .peekable();
    let mut found = BTreeMap::new();
    while let Some(line) = lines.next() {
        if let Some(name) = heading(line) {
            found.insert(name, lines.peek().copied().unwrap_or_default());
        }
    }
    found
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
