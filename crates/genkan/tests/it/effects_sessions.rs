//! What the settings of sessions and of their transports do, seen on the wire.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::json;

use crate::{
    binary::{Server, genkan},
    effects,
    reload::until,
};

/// One request on a connection of its own; the whole answer as text.
fn ask(server: &Server, line: &str, headers: &[(&str, &str)], body: &str) -> String {
    let key = server.admin_key();
    let mut text = format!(
        "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        server.address()
    );
    text.push_str(&format!("Authorization: Bearer {key}\r\n"));
    text.push_str("Content-Type: application/json\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The rest of the first line that begins like this, whatever its case.
fn field(answer: &str, name: &str) -> String {
    let mut lines = answer.lines();
    let line = lines.find(|line| line.to_ascii_lowercase().starts_with(name));
    line.unwrap_or_else(|| panic!("no `{name}` in {answer}"))[name.len()..]
        .trim()
        .to_owned()
}

fn initialize() -> String {
    let client = json!({ "name": "t", "version": "0" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }).to_string()
}

#[test]
fn limits_replay_bytes_bound_what_is_kept_for_who_comes_back() {
    for (name, bytes, status) in [
        ("GENKAN_LIMITS__REPLAY_BYTES", "1", "410"),
        ("GENKAN_LIMITS__REPLAY_BYTES_PER_SESSION", "1", "410"),
        ("GENKAN_LIMITS__REPLAY_BYTES_PER_SESSION", "1048576", "200"),
    ] {
        let server = genkan().variable(name, bytes).serve();
        let both = ("Accept", "application/json, text/event-stream");
        let hello = ask(&server, "POST /mcp", &[both], &initialize());
        let session = field(&hello, "mcp-session-id:");
        let session = ("Mcp-Session-Id", session.as_str());
        let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }).to_string();
        let events = ("Accept", "text/event-stream");
        let answer = ask(&server, "POST /mcp", &[events, session], &list);
        assert!(
            answer.contains("\"tools\""),
            "who listens hears all: {answer}"
        );
        let start = field(&answer, "id: ");
        let last = ("Last-Event-ID", start.as_str());
        let again = ask(&server, "GET /mcp", &[events, session, last], "");
        assert!(
            again.starts_with(&format!("HTTP/1.1 {status}")),
            "{name}: {again}"
        );
    }
}

#[test]
fn mcp_legacy_sse_opens_its_two_addresses() {
    let events = ("Accept", "text/event-stream");
    let server = genkan().serve();
    assert!(ask(&server, "GET /sse", &[events], "").starts_with("HTTP/1.1 404"));
    assert!(ask(&server, "POST /messages", &[], "{}").starts_with("HTTP/1.1 404"));
    let server = genkan().variable("GENKAN_MCP__LEGACY_SSE", "true").serve();
    // It has no session yet, which only an address that is served can say.
    assert!(ask(&server, "POST /messages", &[], "{}").contains("session_required"));
    assert!(ask(&server, "GET /sse", &[("Accept", "text/html")], "").starts_with("HTTP/1.1 406"));
}

#[test]
fn limits_session_idle_seconds_makes_room_for_the_next() {
    let binary = genkan()
        .variable("GENKAN_LIMITS__SESSIONS", "1")
        .variable("GENKAN_LIMITS__SESSION_IDLE_SECONDS", "1");
    let server = binary.serve();
    let key = server.admin_key();
    assert_eq!(effects::initialize(&server, &key).status, 200);
    until("the first one was idle for too long", || {
        effects::initialize(&server, &key).status == 200
    });
}
