//! Documents and lists in miniature.

use super::{FEWEST, Listed, faults, promises};

fn listed() -> Listed {
    let names = (0..FEWEST).map(|n| format!(r#""held_{n}": {{ "ignored": false }}"#));
    let names: Vec<_> = names.collect();
    let ignored = r#""asleep": { "ignored": true }"#;
    let text = format!(
        r#"{{ "rust-suites": {{ "a::it": {{ "testcases": {{ {}, {ignored} }} }} }} }}"#,
        names.join(", ")
    );
    serde_json::from_str(&text).unwrap()
}

fn document(rows: &[&str]) -> String {
    let held = (0..FEWEST).map(|n| format!("| `a::it` | `held_{n}` | why |"));
    let rows = rows.iter().map(|row| (*row).to_owned());
    let head = "| binary | test | why |\n|---|---|---|\n".to_owned();
    head + &held.chain(rows).collect::<Vec<_>>().join("\n")
}

#[test]
fn enough_tests_that_run_pass() {
    assert_eq!(faults(&promises(&document(&[])), &listed()), [""; 0]);
}

#[test]
fn what_does_not_hold_is_named() {
    let rows = [
        (
            "| `a::it` | `gone` | why |",
            "a::it gone: there is no such test",
        ),
        (
            "| `b::it` | `held_1` | why |",
            "b::it held_1: there is no such test",
        ),
        ("| `a::it` | `asleep` | why |", "a::it asleep: is ignored"),
        (
            "| `a::it` | `held_1` | why |",
            "a::it held_1: stands there twice",
        ),
    ];
    for (row, fault) in rows {
        assert_eq!(faults(&promises(&document(&[row])), &listed()), [fault]);
    }
}

#[test]
fn too_few_are_no_list() {
    let found = faults(&promises("| `a::it` | `held_1` | why |"), &listed());
    assert_eq!(found, ["docs/p0.md: 1 rows, and 40 are the least"]);
}
