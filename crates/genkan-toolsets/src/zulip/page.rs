//! Messages as a page of Markdown, for models and people to read.

use std::fmt::Write as _;

use super::message::Told;

/// One part per message, in the order given. Content beyond so many characters is left out, and the
/// page says so.
pub(super) fn of(messages: Vec<Told>, most: usize) -> String {
    let mut page = String::new();
    for told in messages {
        let message = told.shown();
        let place = match (&message.channel, &message.topic) {
            (Some(channel), Some(topic)) => format!("#{channel} > {topic}"),
            _ => format!("to {}", message.people.join(", ")),
        };
        let _ = writeln!(
            page,
            "### {place}: {}, {} (id {})\n",
            message.sender, message.sent, message.id
        );
        let content: String = message.content.chars().take(most).collect();
        let is_cut = content.len() < message.content.len();
        let _ = writeln!(page, "{content}{}\n", if is_cut { " […]" } else { "" });
    }
    page
}
