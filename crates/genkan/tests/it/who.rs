//! Who called, and who was refused: told by name and address, to whom it concerns.

use serde_json::{Value, json};

use crate::binary::{call, genkan, http, modern};

const LISTED: &str = "knowledge_get_namespaces";

#[test]
fn calls_are_told_by_the_name_of_their_key() {
    let binary = genkan();
    let server = binary.serve();
    let ask = |key: &str| {
        server
            .mcp(key, "tools/call", call(LISTED, json!({})))
            .status
    };
    let key = |name: &str| {
        let made = binary.run(["key", "create", name, "--role", "user"]);
        made.ok().out.trim().to_owned()
    };
    let (ada, bea) = (key("ada"), key("bea"));
    assert_eq!([&ada, &bea, &ada].map(|key| ask(key)), [200; 3]);
    binary.run(["key", "revoke", "ada"]).ok();
    binary.run(["tools", "call", LISTED]).ok();

    let report = |by: &str| {
        let told = binary.run(["audit", "report", "--tool", LISTED, "--by", by]);
        told.ok().out
    };
    let table = report("ada");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].starts_with("STARTED") && lines[0].contains("BY"));
    for line in &lines[1..] {
        assert!(
            line.contains(" ada ") && line.contains(" 127.0.0.1"),
            "{table}"
        );
    }
    assert_eq!(report("bea").lines().count(), 2);
    assert_eq!(report("local").lines().count(), 2);
    assert_eq!(report("nobody").lines().count(), 1);

    let told = binary
        .run(["audit", "report", "--by", "ada", "--json"])
        .ok();
    let record = told.json()["records"][0].clone();
    assert_eq!(record["name"], "ada");
    let by_id = record["principal"].as_str().unwrap();
    assert_eq!(report(by_id), table);
}

#[test]
fn what_is_no_credential_is_a_refused_sign_in_under_the_id_of_its_request() {
    let binary = genkan();
    let server = binary.serve();
    let (address, message) = (server.address(), modern(1, "tools/list", json!({})));
    // The key stands there twice, which no credential does.
    let more = "Authorization: Bearer twice\r\nX-Correlation-ID: knocks-7";
    let refused = http::mcp_with(address, "/mcp", "gk_wrong", &message, more);
    assert_eq!(refused.status, 401, "{}", refused.body);
    let mut records = Vec::new();
    while records.is_empty() {
        let told = binary.run(["audit", "report", "--house", "--json"]).ok();
        records = told.json()["records"].as_array().unwrap().clone();
    }
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["correlation_id"], "knocks-7");
    assert_eq!(records[0]["code"], "unauthenticated");
    let metrics = server.get("/metrics", Some(&server.admin_key())).body;
    let counted = "genkan_calls_refused_total{code=\"unauthenticated\"} 1\n";
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn who_was_refused_is_told_to_the_user_of_the_machine_alone() {
    let binary = genkan();
    let server = binary.serve();
    let refused = server.mcp("gk_0000000000000000_nothing", "tools/list", json!({}));
    assert_eq!(refused.status, 401, "{}", refused.body);

    // Its record is on its way when the answer comes.
    let mut records = Vec::new();
    while records.is_empty() {
        let told = binary.run(["audit", "report", "--house", "--json"]).ok();
        records = told.json()["records"].as_array().unwrap().clone();
    }
    let [record] = &records[..] else {
        panic!("{records:?}")
    };
    let member = |name: &str| record[name].clone();
    assert_eq!(member("operation"), "sign-in");
    assert_eq!(member("code"), "unauthenticated");
    assert_eq!(member("source"), "127.0.0.1");
    assert_eq!(member("name"), Value::Null);
    let table = binary.run(["audit", "report", "--house"]).ok().out;
    assert!(
        table.contains("127.0.0.1") && table.contains("unauthenticated"),
        "{table}"
    );
    let usual = binary.run(["audit", "report"]).ok().out;
    assert!(!usual.contains("sign-in"), "{usual}");

    let house = call("admin_audit_report", json!({ "house": true }));
    let message = modern(1, "tools/call", house);
    let key = server.admin_key();
    let answer = http::mcp(server.address(), "/mcp/admin", &key, &message);
    assert!(
        answer.body.contains("forbidden") && !answer.body.contains("sign-in"),
        "{}",
        answer.body
    );
}
