//! How a message quotes what was wrong: short, and without control characters.

/// The most characters of a caller's text that a message repeats.
const SHOWN: usize = 80;

/// The text in backticks, escaped and cut.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
