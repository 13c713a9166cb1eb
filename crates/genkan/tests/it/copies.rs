//! `genkan migrate`, `backup`, `restore` and `audit export`.

use std::fs;

use serde_json::Value;

use crate::binary::{Binary, entry, genkan, search};

fn write(binary: &Binary, content: &str) {
    let arguments = format!("--args={}", entry(content));
    binary
        .run(["tools", "call", "knowledge_write_knowledge", &arguments])
        .ok();
}

fn found(binary: &Binary) -> String {
    let arguments = format!("--args={}", search()["arguments"]);
    binary
        .run(["tools", "call", "knowledge_get_task_context", &arguments])
        .ok()
        .out
}

#[test]
fn a_backup_taken_beneath_a_server_restores_what_was_there() {
    for dump in [false, true] {
        let binary = genkan();
        let mut server = binary.serve();
        write(&binary, "spring tide");
        let more: &[&str] = if dump { &["--dump"] } else { &[] };
        binary.run(["backup", "copy.bak"].iter().chain(more)).ok();
        write(&binary, "neap tide");
        let beneath = binary.run(["restore", "copy.bak"]);
        assert_eq!(beneath.code, Some(1));
        assert!(
            beneath.err.contains("already served by process"),
            "{}",
            beneath.err
        );
        assert!(found(&binary).contains("neap tide"));
        server.kill();
        let restored = binary.run(["restore", "copy.bak", "--json"]).ok().json();
        assert!(restored["replaced"].is_string(), "{restored}");
        let after = found(&binary);
        assert!(
            after.contains("spring tide") && !after.contains("neap tide"),
            "{after}"
        );
        binary.run(["audit", "verify"]).ok();
    }
}

#[test]
fn a_restore_refuses_a_store_in_use_and_a_file_that_is_no_backup() {
    let binary = genkan();
    write(&binary, "spring tide");
    binary.run(["backup", "copy.bak"]).ok();
    let mut dialogue = binary.stdio(&[]);
    dialogue.asks("tools/list", serde_json::json!({}));
    let in_use = binary.run(["restore", "copy.bak"]);
    assert!(in_use.err.contains("error[conflict]"), "{in_use:?}");
    assert_eq!(dialogue.ends(), Some(0));
    fs::write(binary.root().join("junk"), "no backup at all").unwrap();
    assert_eq!(binary.run(["restore", "junk"]).code, Some(1));
    assert_eq!(binary.run(["restore", "nothing.bak"]).code, Some(1));
    assert!(found(&binary).contains("spring tide"), "nothing was harmed");
}

#[test]
fn a_backup_needs_a_store_and_never_overwrites() {
    let binary = genkan();
    let nothing = binary.run(["backup", "copy.bak"]);
    assert!(
        nothing.err.contains("error[no_such_item]"),
        "{}",
        nothing.err
    );
    assert!(!binary.data("genkan.db").exists());
    write(&binary, "spring tide");
    fs::write(binary.root().join("taken"), "mine").unwrap();
    let taken = binary.run(["backup", "taken"]);
    assert!(taken.err.contains("error[already_exists]"), "{}", taken.err);
    assert_eq!(
        fs::read_to_string(binary.root().join("taken")).unwrap(),
        "mine"
    );
}

#[test]
fn migrate_says_what_it_did() {
    let binary = genkan();
    let first = binary.run(["migrate", "--json"]).ok().json();
    assert!(!first["applied"].as_array().unwrap().is_empty(), "{first}");
    let second = binary.run(["migrate", "--json"]).ok().json();
    assert_eq!(second["applied"].as_array().unwrap().len(), 0);
    assert_eq!(second["version"], first["version"]);
}

#[test]
fn records_are_reported_and_exported() {
    let binary = genkan();
    write(&binary, "spring tide");
    let report = binary
        .run(["audit", "report", "--tool", "knowledge_write_knowledge"])
        .ok();
    assert_eq!(report.out.lines().count(), 2, "{}", report.out);
    assert!(
        report.out.contains("cli") && report.out.contains("ok"),
        "{}",
        report.out
    );
    let none = binary
        .run(["audit", "report", "--until", "2020-01-01"])
        .ok();
    assert_eq!(none.out.lines().count(), 1, "{}", none.out);
    let told = binary
        .run(["audit", "export", "records.jsonl", "--json"])
        .ok()
        .json();
    let text = fs::read_to_string(binary.root().join("records.jsonl")).unwrap();
    let records: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told["records"], records.len());
    let calls = |tool: &str| {
        records
            .iter()
            .filter(|record| record["subject"] == tool)
            .count()
    };
    assert_eq!(
        (
            calls("knowledge_write_knowledge"),
            calls("admin_audit_report")
        ),
        (1, 2),
        "{text}"
    );
    let again = binary.run(["audit", "export", "records.jsonl"]);
    assert_eq!(again.code, Some(1), "an export is not overwritten");
}

#[test]
fn a_changed_record_is_found_and_fails_the_command() {
    let binary = genkan();
    write(&binary, "spring tide");
    binary.run(["backup", "copy.bak", "--dump"]).ok();
    let path = binary.root().join("copy.bak");
    let dump = fs::read_to_string(&path).unwrap();
    assert!(dump.contains("\"knowledge_write_knowledge\""), "{dump}");
    fs::write(
        &path,
        dump.replace(
            "\"knowledge_write_knowledge\"",
            "\"knowledge_drop_knowledge\"",
        ),
    )
    .unwrap();
    binary.run(["restore", "copy.bak"]).ok();
    let verified = binary.run(["audit", "verify"]);
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(verified.out.contains("changed"), "{}", verified.out);
}
