//! What became much dearer fails, and what one of the two runs lacks.

use serde_json::json;

use super::{compare, ratios};

#[test]
fn dearer_by_more_than_a_quarter_fails_and_so_does_what_was_not_measured() {
    let run = |echo: f64, change: f64| {
        ratios(&json!({ "figures": [
            { "case": "echo", "server": "axum echo", "clients": 64, "ratio": 1.0 },
            { "case": "echo", "server": "Genkan, SQLite", "clients": 64, "ratio": echo },
            { "case": "change", "server": "Genkan, SQLite", "clients": 64, "ratio": change },
            { "case": "stdio", "server": "Genkan, SQLite", "clients": 1, "ratio": null },
        ]}))
    };
    let verdicts = |fresh| -> Vec<bool> {
        let rows = compare(&run(2.0, 4.0), &fresh);
        rows.iter().map(|row| row.holds).collect()
    };
    assert_eq!(verdicts(run(2.49, 1.0)), [true, true]);
    assert_eq!(verdicts(run(2.51, 4.0)), [true, false]);
    assert_eq!(verdicts(ratios(&json!({}))), [false; 2]);
    let mut more = run(2.0, 4.0);
    more.insert(("list-50".into(), "Genkan, 50 tools".into(), 16), 1.0);
    more.insert(("stdio".into(), "Genkan, SQLite".into(), 16), 1.0);
    assert_eq!(verdicts(more), [true, true, false]);
}
