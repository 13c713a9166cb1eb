//! A count may drift a little, in both directions.

use super::{Counts, compare};

fn counts(echo: u64) -> Counts {
    Counts::from([("echo".to_owned(), echo)])
}

#[test]
fn three_percent_are_allowed() {
    for (now, holds) in [
        (1_000, true),
        (1_030, true),
        (970, true),
        (1_031, false),
        (969, false),
    ] {
        assert_eq!(compare(&counts(1_000), &counts(now)), holds, "{now}");
    }
}

#[test]
fn path_without_record_fails() {
    assert!(!compare(&Counts::new(), &counts(1)));
}
