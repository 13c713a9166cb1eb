//! The one Markdown form of an entry: front matter, then the content as it was written. What is read
//! as a resource, lies in a skill or was exported looks the same, and can be imported.

use genkan_store::knowledge::WholeEntry;

use crate::knowledge::{
    task_size::TaskSize,
    transfer::{Draft, page},
};

/// Media type of every page.
pub(crate) const MARKDOWN: &str = "text/markdown";

/// Writes an entry of the scope with this complete name.
pub(crate) fn write(entry: &WholeEntry, scope: &str) -> String {
    page(scope, &draft(entry))
}

/// The entry as files hold it.
pub(crate) fn draft(entry: &WholeEntry) -> Draft {
    let size = entry.task_size.and_then(TaskSize::from_stored);
    Draft {
        id: Some(entry.id.clone()),
        context: Some(entry.context.clone()),
        task_size: size.map(|size| size.as_str().to_owned()),
        content: entry.content.clone(),
        ..Draft::default()
    }
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
