//! The closing lines of the runners, as they print them.

use super::{Totals, of_line};

#[track_caller]
fn check(line: &str, passed: u64, failed: u64, skipped: u64) {
    let expected = Totals {
        passed,
        failed,
        skipped,
    };
    assert_eq!(of_line(line), expected, "{line}");
}

#[test]
fn closing_lines_of_nextest_are_read() {
    check(
        "     Summary [   0.006s] 29 tests run: 29 passed, 0 skipped\n",
        29,
        0,
        0,
    );
    check(
        "     Summary [   9.1s] 1 test run: 1 passed, 3 skipped\n",
        1,
        0,
        3,
    );
    check(
        "     Summary [  61.2s] 29 tests run: 26 passed (1 slow, 1 leaky), 2 failed, 1 timed out, 4 skipped",
        26,
        3,
        4,
    );
    check(
        "     Summary [   2.0s] 12/29 tests run: 11 passed, 1 failed, 0 skipped",
        11,
        1,
        0,
    );
    check(
        "\u{1b}[32;1m     Summary\u{1b}[0m [   0.0s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \u{1b}[33;1mskipped\u{1b}[0m",
        2,
        0,
        0,
    );
}

#[test]
fn closing_lines_of_cargo_are_read() {
    check(
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.09s",
        3,
        0,
        1,
    );
    check(
        "test result: FAILED. 27 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        27,
        1,
        0,
    );
}

#[test]
fn other_lines_add_nothing() {
    check("running 29 tests", 0, 0, 0);
    check("Summary of what passed", 0, 0, 0);
    check(
        "    test result: ok. 1 passed; 0 failed; 0 ignored",
        0,
        0,
        0,
    );
}

#[test]
fn totals_are_one_plain_line() {
    let totals = of_line("     Summary [   9.1s] 1 test run: 1 passed, 3 skipped");
    assert_eq!(
        (totals + totals).to_string(),
        "2 passed, 0 failed, 6 skipped"
    );
}
