//! Files and functions stay small enough to be proof-read in one pass: about
//! 300 and 40 lines are meant, 500 and 100 are the end.

use anyhow::Result;

use super::source::{find_word, is_name, line_of};
use super::{Finding, Tree};

const FILE_LINES: usize = 500;
const BODY_LINES: usize = 100;

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            let text = format!("{lines} lines; {FILE_LINES} are the limit: split it by job");
            findings.push(Finding::new(&file.path, text));
        }
        for body in bodies(&file.source().code) {
            if body.lines > BODY_LINES {
                let text = format!(
                    "`{}` has {} lines; {BODY_LINES} are the limit",
                    body.name, body.lines
                );
                findings.push(Finding::at(&file.path, body.line, text));
            }
        }
    }
    Ok(findings)
}

/// The body of one function.
#[derive(Debug, PartialEq, Eq)]
struct Body {
    name: String,
    /// Where the function begins.
    line: usize,
    /// How many lines lie between its braces.
    lines: usize,
}

/// All bodies of functions in code without comments and literals.
fn bodies(code: &str) -> Vec<Body> {
    find_word(code, "fn")
        .filter_map(|position| body(code, position))
        .collect()
}

/// The function at this `fn`; `None` for a type `fn(…)` or one without a body.
fn body(code: &str, position: usize) -> Option<Body> {
    let rest = &code[position + 2..];
    let signature = rest.trim_start();
    // `$name` in a macro that makes functions.
    let name: String = signature
        .chars()
        .take_while(|&character| is_name(character) || matches!(character, '$' | '#'))
        .collect();
    if name.is_empty() {
        return None;
    }
    let open = opening_brace(rest)?;
    let close = open + closing_brace(&rest[open..])?;
    let lines = rest[open..close].matches('\n').count().saturating_sub(1);
    Some(Body {
        name,
        line: line_of(code, position),
        lines,
    })
}

/// The brace that opens the body, past parentheses and array types.
fn opening_brace(signature: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, character) in signature.char_indices() {
        match character {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            '{' if depth == 0 => return Some(index),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn closing_brace(body: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, character) in body.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests;
