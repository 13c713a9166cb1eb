//! Links of the documents lead somewhere: the file is there, and the heading in it. What lies outside
//! the repository is not fetched; it has to be https.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::{Finding, Tree};

/// Addresses of this machine, which documents show as they are.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://localhost"];

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let documents: BTreeMap<&str, BTreeSet<String>> = tree
        .files()
        .iter()
        .filter(|file| file.path.ends_with(".md"))
        .map(|file| (file.path.as_str(), anchors(&file.text)))
        .collect();
    let mut findings = Vec::new();
    for file in tree
        .files()
        .iter()
        .filter(|file| file.path.ends_with(".md"))
    {
        for (line, target) in links(&file.text) {
            if let Some(fault) = fault(&file.path, &target, tree, &documents) {
                findings.push(Finding::at(&file.path, line, fault));
            }
        }
    }
    Ok(findings)
}

fn fault(
    from: &str,
    target: &str,
    tree: &Tree,
    documents: &BTreeMap<&str, BTreeSet<String>>,
) -> Option<String> {
    if target.starts_with("https://") || LOOPBACK.iter().any(|here| target.starts_with(here)) {
        return None;
    }
    if target.contains("://") {
        return Some(format!("`{target}` is not https"));
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match path {
        "" => from.to_owned(),
        path => resolved(from, path)?,
    };
    let folder = format!("{}/", path.trim_end_matches('/'));
    let is_there = tree
        .files()
        .iter()
        .any(|file| file.path == path || file.path.starts_with(&folder));
    if !is_there {
        return Some(format!("`{target}` leads to nothing"));
    }
    if anchor.is_empty() {
        return None;
    }
    match documents.get(path.as_str()) {
        Some(anchors) if anchors.contains(anchor) => None,
        _ => Some(format!("`{target}`: {path} has no such heading")),
    }
}

/// The path from the root of the repository; outside it, a path that nothing has.
fn resolved(from: &str, path: &str) -> Option<String> {
    let mut result = PathBuf::from(from);
    result.pop();
    for part in Path::new(path).components() {
        match part {
            // Goes up, unless it already is at the root.
            Component::ParentDir if !result.pop() => {
                return Some("outside the repository".to_owned());
            }
            Component::Normal(name) => result.push(name),
            _ => {}
        }
    }
    result.to_str().map(str::to_owned)
}

/// Lines of the text outside of code blocks, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some((index + 1, line))
    })
}

/// Where links lead, `[words](target)`, with their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        // What stands between backticks is no link.
        let spoken: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for (at, _) in spoken.match_indices("](") {
            if let Some((target, _)) = spoken[at + 2..].split_once(')') {
                links.push((number, target.to_owned()));
            }
        }
    }
    links
}

/// The anchors of the headings, as web sites of repositories make them: in small letters, without
/// punctuation, with hyphens for spaces; the second of the same name ends in `-1`.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        if heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().to_lowercase();
        let kept = kept
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let anchor: String = kept
            .map(|letter| if letter == ' ' { '-' } else { letter })
            .collect();
        let mut unique = anchor.clone();
        let mut count = 0;
        while !anchors.insert(unique.clone()) {
            count += 1;
            unique = format!("{anchor}-{count}");
        }
    }
    anchors
}

#[cfg(test)]
mod tests;
