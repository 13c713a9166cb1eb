//! A budget that is missed, or a part that was left out, fails the run.

use serde_json::json;

use super::told;

#[test]
fn missed_budgets_and_missing_parts_fail() {
    let run = |holds: bool, skipped: &[&str]| {
        let findings = json!({
            "judged": [{"name": "search", "budget": "≤ 20 ms", "value": 21.25, "holds": holds}],
            "singles": [{"name": "search p50", "value": 3.0, "unit": "ms"}],
            "skipped": skipped,
        });
        told(&findings).unwrap()
    };
    let (text, passed) = run(true, &[]);
    assert!(
        passed && text.contains("- search: 21.2, must be ≤ 20 ms\n"),
        "{text}"
    );
    assert!(text.contains("| search p50 | 3.0 ms |"), "{text}");
    let (text, passed) = run(false, &[]);
    assert!(!passed && text.contains("**missed**"), "{text}");
    assert!(!run(true, &["PostgreSQL is left out"]).1);
}
