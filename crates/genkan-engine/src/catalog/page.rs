//! `tools/list`, serialised once per view and revision, in pages of 1,000.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use genkan_core::{Code, Error, Result, Revision, outcome::ListPage};

use super::Entry;

/// Many clients ignore cursors, so that a page holds more than almost any catalog.
const PAGE: usize = 1_000;

/// The pages of one view, made when first asked for.
pub(crate) struct Pages {
    tools: Vec<Arc<Entry>>,
    by_revision: [OnceLock<Vec<Arc<ListPage>>>; Revision::ALL.len()],
}

impl Pages {
    pub(crate) fn new(tools: Vec<Arc<Entry>>) -> Self {
        Self {
            tools,
            by_revision: Default::default(),
        }
    }

    /// The same without the tools that are off.
    pub(crate) fn without(&self, is_off: impl Fn(&str) -> bool) -> Self {
        Self::new(
            self.tools
                .iter()
                .filter(|entry| !is_off(entry.definition.name.as_str()))
                .cloned()
                .collect(),
        )
    }

    /// About how much memory the pages of one revision take.
    pub(crate) fn estimated_bytes(&self) -> u32 {
        const TOOL: usize = 2 * 1024;
        u32::try_from(self.tools.len().saturating_mul(TOOL)).unwrap_or(u32::MAX)
    }

    /// The page that the cursor names; without one, the first.
    pub(crate) fn page(&self, revision: Revision, cursor: Option<&str>) -> Result<Arc<ListPage>> {
        let pages = self.by_revision[revision as usize].get_or_init(|| self.build(revision));
        let number = match cursor {
            None => 0,
            Some(cursor) => parse_cursor(cursor)?,
        };
        pages.get(number).cloned().ok_or_else(invalid_cursor)
    }

    fn build(&self, revision: Revision) -> Vec<Arc<ListPage>> {
        let chunks: Vec<_> = match self.tools.is_empty() {
            true => vec![&self.tools[..]],
            false => self.tools.chunks(PAGE).collect(),
        };
        let last = chunks.len() - 1;
        let page = |(number, tools): (usize, &[Arc<Entry>])| {
            let next = (number < last).then_some(number + 1);
            Arc::new(ListPage {
                members: members(tools, revision, next),
            })
        };
        chunks.into_iter().enumerate().map(page).collect()
    }
}

fn members(tools: &[Arc<Entry>], revision: Revision, next: Option<usize>) -> Bytes {
    let tools: Vec<_> = tools
        .iter()
        .map(|entry| entry.wire_form(revision))
        .collect();
    let list = serde_json::to_string(&tools).expect("BUG: definitions are JSON values");
    let mut text = format!("\"tools\":{list}");
    if let Some(next) = next {
        text.push_str(&format!(",\"nextCursor\":\"{}\"", cursor_of(next)));
    }
    text.into()
}

fn cursor_of(page: usize) -> String {
    format!("p{page}")
}

fn parse_cursor(cursor: &str) -> Result<usize> {
    let number = cursor
        .strip_prefix('p')
        .and_then(|digits| digits.parse().ok());
    number
        .filter(|number| cursor_of(*number) == cursor)
        .ok_or_else(invalid_cursor)
}

fn invalid_cursor() -> Error {
    Error::new(
        Code::InvalidCursor,
        "the cursor is not one that this list gave",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_read_back(page in 1_usize..1_000_000) {
            prop_assert_eq!(parse_cursor(&cursor_of(page)).ok(), Some(page));
        }

        #[test]
        fn other_texts_are_refused_without_panic(text in "\\PC{0,40}") {
            prop_assume!(!text.starts_with('p'));
            prop_assert_eq!(parse_cursor(&text).map_err(|error| error.code()), Err(Code::InvalidCursor));
        }
    }
}
