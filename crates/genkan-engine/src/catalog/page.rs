//! Lists of what is known from the start, serialised once per view and revision, in pages of 1,000.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use genkan_core::{Code, Error, Result, Revision, outcome::ListPage};
use serde_json::Value;

/// Many clients ignore cursors, so that a page holds more than almost any catalog.
pub(crate) const PAGE: usize = 1_000;

/// Something that stands in a list.
pub(crate) trait Listed {
    /// The member of the result that holds the list.
    const MEMBER: &'static str;

    /// What it is found by.
    fn key(&self) -> &str;

    /// How the list of the given revision shows it.
    fn wire_form(&self, revision: Revision) -> Value;
}

/// The pages of one view, made when first asked for.
pub(crate) struct Pages<T> {
    listed: Vec<Arc<T>>,
    by_revision: [OnceLock<Vec<Arc<ListPage>>>; Revision::ALL.len()],
}

impl<T: Listed> Pages<T> {
    pub(crate) fn new(listed: Vec<Arc<T>>) -> Self {
        Self {
            listed,
            by_revision: Default::default(),
        }
    }

    /// The same without what is off.
    pub(crate) fn without(&self, is_off: impl Fn(&str) -> bool) -> Self {
        Self::new(
            self.listed
                .iter()
                .filter(|entry| !is_off(entry.key()))
                .cloned()
                .collect(),
        )
    }

    /// Whether there is nothing to list.
    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// About how much memory the pages of one revision take.
    pub(crate) fn estimated_bytes(&self) -> u32 {
        const ONE: usize = 2 * 1024;
        u32::try_from(self.listed.len().saturating_mul(ONE)).unwrap_or(u32::MAX)
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
        let chunks: Vec<_> = match self.listed.is_empty() {
            true => vec![&self.listed[..]],
            false => self.listed.chunks(PAGE).collect(),
        };
        let last = chunks.len() - 1;
        let page = |(number, listed): (usize, &[Arc<T>])| {
            let next = (number < last).then_some(number + 1);
            Arc::new(ListPage {
                members: members(listed, revision, next),
            })
        };
        chunks.into_iter().enumerate().map(page).collect()
    }
}

fn members<T: Listed>(listed: &[Arc<T>], revision: Revision, next: Option<usize>) -> Bytes {
    let forms: Vec<_> = listed
        .iter()
        .map(|entry| entry.wire_form(revision))
        .collect();
    list_members(T::MEMBER, &forms, next.map(cursor_of).as_deref())
}

/// The members of a list's result, without braces.
pub(crate) fn list_members(member: &str, forms: &[Value], next: Option<&str>) -> Bytes {
    let list = serde_json::to_string(forms).expect("BUG: definitions are JSON values");
    let mut text = format!("\"{member}\":{list}");
    if let Some(next) = next {
        let next = serde_json::to_string(next).expect("BUG: any text is valid as a JSON string");
        text.push_str(&format!(",\"nextCursor\":{next}"));
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
        // No cursor leads to the first page.
        .filter(|number| *number > 0 && cursor_of(*number) == cursor)
        .ok_or_else(invalid_cursor)
}

pub(crate) fn invalid_cursor() -> Error {
    Error::new(
        Code::InvalidCursor,
        "the cursor is not one that this list gave",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Numbered(String);

    impl Listed for Numbered {
        const MEMBER: &'static str = "things";

        fn key(&self) -> &str {
            &self.0
        }

        fn wire_form(&self, _: Revision) -> Value {
            Value::String(self.0.clone())
        }
    }

    #[test]
    fn a_long_list_comes_in_pages_of_a_thousand_each_thing_once_and_in_order() {
        let all: Vec<_> = (0..2_500).map(|n| format!("thing-{n}")).collect();
        let listed = all.iter().map(|name| Arc::new(Numbered(name.clone())));
        let pages = Pages::new(listed.collect());
        let (mut seen, mut sizes, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
        loop {
            let page = pages
                .page(Revision::V2026_07_28, cursor.as_deref())
                .unwrap();
            let text = format!("{{{}}}", std::str::from_utf8(&page.members).unwrap());
            let read: Value = serde_json::from_str(&text).unwrap();
            let things = read["things"].as_array().unwrap();
            sizes.push(things.len());
            seen.extend(things.iter().map(|one| one.as_str().unwrap().to_owned()));
            cursor = read["nextCursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [1_000, 1_000, 500]);
        assert_eq!(seen, all);
        for wrong in ["", "p0", "p3", "p01", "x"] {
            let refused = pages.page(Revision::V2026_07_28, Some(wrong)).unwrap_err();
            assert_eq!(refused.code(), Code::InvalidCursor, "{wrong}");
        }
    }

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
