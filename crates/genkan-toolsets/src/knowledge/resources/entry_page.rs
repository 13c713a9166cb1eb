//! The one Markdown form of an entry: front matter, then the content as it was written. What is read
//! as a resource, lies in a skill or was exported looks the same, and can be imported.

use genkan_store::knowledge::WholeEntry;
use serde_json::Value;

use crate::knowledge::task_size::TaskSize;

/// Media type of every page.
pub(crate) const MARKDOWN: &str = "text/markdown";

/// Writes an entry of the scope with this complete name.
pub(crate) fn write(entry: &WholeEntry, scope: &str) -> String {
    let mut page = format!("---\nid: {}\nscope: {scope}\n", entry.id);
    // A string of JSON is one of YAML as well.
    page.push_str(&format!(
        "keywords: {}\n",
        Value::from(entry.context.as_str())
    ));
    if let Some(size) = entry.task_size.and_then(TaskSize::from_stored) {
        page.push_str(&format!("task_size: {}\n", size.as_str()));
    }
    page.push_str("---\n\n");
    page.push_str(&entry.content);
    page.push('\n');
    page
}

/// The first line of a text that says something, shortened, without the marks of a heading.
pub(crate) fn headline(content: &str) -> String {
    const SHOWN: usize = 100;
    let line = content.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line
        .unwrap_or_default()
        .trim_start_matches('#')
        .trim_start();
    let mut shown: String = line
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect();
    if line.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
