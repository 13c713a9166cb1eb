//! The suite's results are read as it writes them.

use super::*;

#[test]
fn folders_name_their_scenario() {
    let table = [
        ("server-tools-list-2026-11-21T11-28-31-913Z", "tools-list"),
        (
            "server-server-stateless-2026-11-21T11-28-31-913Z",
            "server-stateless",
        ),
        ("odd", "odd"),
    ];
    for (folder, name) in table {
        assert_eq!(scenario(folder), name);
    }
}

#[test]
fn checks_are_counted_by_how_they_went() {
    let mut checks = Checks::default();
    let text = r#"[
        {"id": "a", "status": "SUCCESS", "name": "A"},
        {"id": "b", "status": "FAILURE", "errorMessage": "no"},
        {"id": "c", "status": "WARNING"},
        {"id": "d", "status": "INFO"}
    ]"#;
    checks.add("run", "ping", text).unwrap();
    checks.add("run", "pong", "[]").unwrap();
    let counts = Counts {
        scenarios: 2,
        passed: 1,
        failed: 1,
        warnings: 1,
        skipped: 0,
    };
    assert_eq!(checks.counts(), counts);
    let failed: Vec<_> = checks.failed().map(|check| check.name.as_str()).collect();
    assert_eq!(failed, ["run ping b"]);
}
