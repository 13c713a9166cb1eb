//! A count may drift a little, in both directions; figures stand to each other within bounds.

use super::{Counts, compare, middle, relate};

fn counts(figures: &[(&str, u64)]) -> Counts {
    let figures = figures.iter();
    figures
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
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
        let (recorded, now) = (counts(&[("echo", 1_000)]), counts(&[("echo", now)]));
        assert_eq!(compare(&recorded, &now), holds, "{now:?}");
    }
}

#[test]
fn figure_without_record_fails() {
    assert!(!compare(&Counts::new(), &counts(&[("echo", 1)])));
}

#[test]
fn many_tools_may_cost_ten_percent_and_watching_five() {
    for (few, many, watched, not_watched, holds) in [
        (1_000, 1_100, 1_050, 1_000, true),
        (1_000, 1_101, 1_050, 1_000, false),
        (1_000, 899, 1_050, 1_000, false),
        (1_000, 1_000, 1_051, 1_000, false),
    ] {
        let counted = counts(&[
            ("echo, 50 tools", few),
            ("echo, 5000 tools", many),
            ("echo", watched),
            ("echo, nobody watching", not_watched),
        ]);
        assert_eq!(relate(&counted), holds, "{counted:?}");
    }
}

#[test]
fn what_is_recorded_is_the_middle_of_the_runs() {
    let runs = [900, 1_000, 5_000].map(|echo| counts(&[("echo", echo)]));
    assert_eq!(middle(&runs), counts(&[("echo", 1_000)]));
}
