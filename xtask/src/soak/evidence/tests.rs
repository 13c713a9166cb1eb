//! Sections are replaced in place, and nothing else is touched.

use super::{Section, replace};
use crate::suite::Totals;

#[test]
fn section_is_added_then_replaced() {
    let document = "# Evidence\n\nBy hand.\n";
    let first = replace(document, "kill", "one\n");
    assert_eq!(
        first,
        "# Evidence\n\nBy hand.\n\n<!-- kill: begin -->\none\n<!-- kill: end -->\n"
    );
    let both = replace(&first, "load", "two\n");
    let again = replace(&both, "kill", "three\n");
    assert_eq!(again, both.replace("one\n", "three\n"));
}

#[test]
fn section_tells_commit_date_and_figures() {
    let section = Section {
        name: "kill",
        what: "Many kills.",
        commit: "abc".to_owned(),
        date: "2026-11-21".to_owned(),
        minutes: 1.25,
        totals: Totals {
            passed: 2,
            failed: 0,
            skipped: 7,
        },
        passed: true,
        figures: "- 40 rounds\n".to_owned(),
    };
    assert_eq!(
        section.text(),
        "### kill\n\nMany kills.\n\n2026-11-21, commit abc: passed; 2 passed, 0 failed, 7 skipped; \
         1.2 minutes\n\n- 40 rounds\n"
    );
}
