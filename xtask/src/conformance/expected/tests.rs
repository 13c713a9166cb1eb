//! The list of expected failures is honest and gives reasons.

use super::*;

#[test]
fn a_line_needs_a_reason() {
    let table = [
        ("# a comment\n\n", Some(0)),
        ("r s c: because", Some(1)),
        ("r s c", None),
        ("r s c: ", None),
        ("s c: because", None),
    ];
    for (text, expected) in table {
        let found = parse(text).ok().map(|list| list.0.len());
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn what_is_listed_in_vain_is_a_fault() {
    let expected = parse("r s c: because").unwrap();
    let faults = expected.compare(&Checks::default());
    assert!(faults.len() == 1 && faults[0].starts_with("r s c no longer fails"));
}
