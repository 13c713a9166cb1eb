//! The log that programs read: every line is JSON, and what a request causes names it.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use genkan_testkit::{
    collector::{Collector, Manner},
    zulip::{Fault, Zulip},
};
use serde_json::{Value, json};

use crate::{
    binary::{Server, call, genkan, http, modern},
    effects_zulip::set,
    reload::until,
};

/// An id with what JSON has to escape.
const ID: &str = r#"joins"all\3"#;

const TOOL: &str = "zulip_get_own_user";

fn asks(server: &Server) {
    let message = modern(1, "tools/call", call(TOOL, json!({})));
    let named = format!("X-Correlation-ID: {ID}");
    http::mcp_with(
        server.address(),
        "/mcp",
        &server.admin_key(),
        &message,
        &named,
    );
}

fn says(line: &Value, what: &str) -> bool {
    line["message"]
        .as_str()
        .is_some_and(|message| message.contains(what))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_joins_the_lines_the_record_and_the_span_of_a_request() {
    let (zulip, collector) = (Zulip::start().await, Collector::start(Manner::Takes));
    let binary = set(&zulip, "hamlet", None)
        .variable("GENKAN_TRACES__ENDPOINT", &collector.endpoint)
        .variable("GENKAN_LOG__FORMAT", "json")
        .variable("GENKAN_LOG__LEVEL", "info,genkan_http=debug");
    tokio::task::block_in_place(|| {
        let server = binary.serve_logging();
        let lines = |what: &str| -> Vec<Value> {
            let mut lines = binary.log_lines();
            lines.retain(|line| says(line, what));
            lines
        };
        until("the chat is known", || !lines("are known").is_empty());
        assert!(
            lines("asked `")
                .iter()
                .all(|line| line["correlation_id"].is_null()),
            "what the house asks of itself belongs to no request"
        );
        asks(&server);
        let asked = lines("asked `");
        let ordinary = asked.last().unwrap();
        assert_eq!(ordinary["correlation_id"], ID, "{ordinary}");
        zulip.fail("GET /users/me", usize::MAX, Fault::Page(502));
        until("Zulip is left alone", || {
            asks(&server);
            !lines("is left alone").is_empty()
        });
        let warning = &lines("is left alone")[0];
        assert_eq!(warning["level"], "WARN", "{warning}");
        assert_eq!(warning["correlation_id"], ID, "{warning}");

        let mut records = Value::Null;
        until("the record is written", || {
            let report = binary.run(["audit", "report", "--tool", TOOL, "--json"]);
            records = report.ok().json()["records"].clone();
            records[0].is_object()
        });
        assert_eq!(records[0]["correlation_id"], ID, "{records}");

        let span = loop {
            let span = collector.next();
            if span["name"] == format!("tools/call {TOOL}") {
                break span;
            }
        };
        let told = json!({ "key": "genkan.correlation_id", "value": { "stringValue": ID } });
        let attributes = span["attributes"].as_array().unwrap();
        assert!(attributes.contains(&told), "{span}");
        // The way to the chat is kept open, and holds up nobody.
        assert_eq!(server.terminate(), Some(0));
    });
}

#[test]
fn text_for_people_and_calls_through_the_local_socket_name_their_request_too() {
    let binary = genkan().variable("GENKAN_SERVER__ENVIRONMENT", "development");
    let server = binary.serve_logging();
    binary
        .run(["tools", "call", "knowledge_get_namespaces"])
        .ok();
    assert_eq!(server.terminate(), Some(0));
    let log = std::fs::read_to_string(binary.root().join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("genkan_calls"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    let (_, id) = line.rsplit_once(" correlation_id=").unwrap();
    assert_eq!(id.len(), 36, "{line}");
}

#[test]
fn a_server_that_logs_on_standard_output_writes_nothing_else_there() {
    let binary = genkan()
        .variable("GENKAN_LOG__FORMAT", "json")
        .variable("GENKAN_LOG__OUTPUT", "stdout");
    let mut child = binary
        .command(["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = out.lines().map(|line| -> Value {
        let line = line.unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"))
    });
    let listening = lines.find(|line| line["event"] == "listening").unwrap();
    let address = listening["address"].as_str().unwrap();
    assert_eq!(http::get(address, "/health", None).status, 200);
    let key = std::fs::read_to_string(listening["admin_key_file"].as_str().unwrap()).unwrap();
    assert!(!listening.to_string().contains(key.trim()), "{listening}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines.all(|line| line["level"].is_string()));
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(err, "");

    // Other commands keep standard output for their results.
    let list = binary.run(["key", "list", "--json"]).ok();
    assert!(list.json().is_object(), "{list:?}");
    let refused = binary.run(["stdio"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("`log.output`"), "{refused:?}");
    assert_eq!(refused.out, "");
}
