//! What each setting does, where that can be seen from outside. `settings/tests.rs` shows that every
//! key is read from every layer; PostgreSQL's keys are in `postgres.rs`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::binary::{Binary, Server, call, entry, genkan, http, modern, search};

fn with(name: &str, value: &str) -> Binary {
    genkan().variable(name, value)
}

/// `tools/list` with one more header.
fn list_with(server: &Server, host: &str, more: &str) -> http::Answer {
    let message = modern(1, "tools/list", json!({}));
    let body = message.to_string();
    let head = http::mcp_head(host, "/mcp", &server.admin_key(), &message, body.len());
    let head = head.replacen("\r\n", &format!("\r\n{more}"), 1);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    http::read(stream)
}

pub(crate) fn initialize(server: &Server, key: &str) -> http::Answer {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "0" },
    }});
    let body = message.to_string();
    let head = http::mcp_head(server.address(), "/mcp", key, &message, body.len())
        .replace("MCP-Protocol-Version: 2026-07-28\r\n", "")
        .replace("Mcp-Method: initialize\r\n", "");
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    http::read(stream)
}

#[test]
fn server_public_url_is_shown_and_its_host_and_origin_are_accepted() {
    let server = with("GENKAN_SERVER__PUBLIC_URL", "https://genkan.example.org").serve();
    assert_eq!(server.told["url"], "https://genkan.example.org/mcp");
    let own = "Origin: https://genkan.example.org\r\n";
    assert_eq!(list_with(&server, "genkan.example.org", own).status, 200);
    assert_eq!(list_with(&server, "other.example.org", "").status, 403);
    assert_eq!(
        list_with(
            &server,
            "genkan.example.org",
            "Origin: https://other.example.org\r\n"
        )
        .status,
        403
    );
}

#[test]
fn server_allowed_hosts_and_origins_widen_what_is_accepted() {
    let server = with("GENKAN_SERVER__ALLOWED_HOSTS", "a.example")
        .variable("GENKAN_SERVER__ALLOWED_ORIGINS", "https://b.example")
        .serve();
    assert_eq!(
        list_with(&server, "a.example", "Origin: https://b.example\r\n").status,
        200
    );
    assert_eq!(list_with(&server, "b.example", "").status, 403);
    assert_eq!(
        list_with(&server, "a.example", "Origin: https://a.example.com\r\n").status,
        403
    );
}

#[test]
fn server_trusted_proxies_are_believed_about_where_calls_come_from() {
    for (trusted, source) in [("127.0.0.1", "203.0.113.9"), ("192.0.2.0/24", "127.0.0.1")] {
        let binary = with("GENKAN_SERVER__TRUSTED_PROXIES", trusted);
        let server = binary.serve();
        let message = modern(1, "tools/call", call("knowledge_get_namespaces", json!({})));
        let body = message.to_string();
        let head = http::mcp_head(
            server.address(),
            "/mcp",
            &server.admin_key(),
            &message,
            body.len(),
        );
        let head = head.replacen("\r\n", "\r\nX-Forwarded-For: 203.0.113.9\r\n", 1);
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream
            .write_all(format!("{head}{body}").as_bytes())
            .unwrap();
        assert_eq!(http::read(stream).status, 200);
        let report = [
            "audit",
            "report",
            "--tool",
            "knowledge_get_namespaces",
            "--json",
        ];
        // A reading call's record may follow its answer by some milliseconds.
        let begun = Instant::now();
        let record = loop {
            let report = binary.run(report).ok().json();
            match report["records"][0].clone() {
                Value::Null => assert!(begun.elapsed() < Duration::from_secs(5), "no record"),
                record => break record,
            }
        };
        assert_eq!(record["source"], source, "{record}");
    }
}

#[test]
fn server_behind_proxy_and_trusted_proxies_open_the_way_off_loopback() {
    let closed = genkan().run(["serve", "--bind", "0.0.0.0:0"]);
    assert_eq!(closed.code, Some(2));
    assert!(closed.err.contains("without TLS"), "{}", closed.err);
    let server = with("GENKAN_SERVER__PUBLIC_URL", "https://genkan.example.org")
        .variable("GENKAN_SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .serve_on("0.0.0.0:0", &["--behind-proxy"]);
    let port = server.address().rsplit(':').next().unwrap();
    assert_eq!(
        http::get(&format!("127.0.0.1:{port}"), "/health", None).status,
        200
    );
}

#[cfg(unix)]
#[test]
fn server_drain_seconds_bounds_the_stop() {
    let binary = with("GENKAN_SERVER__DRAIN_SECONDS", "1");
    let mut server = binary.serve();
    let _under_way = crate::serve::half_sent(&server);
    server.signal("TERM");
    let begun = Instant::now();
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
    assert!(
        (1..10).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn store_url_names_another_file() {
    let binary = genkan();
    let file = binary.root().join("elsewhere.db");
    let binary = binary.variable("GENKAN_STORE__URL", &format!("sqlite:{}", file.display()));
    binary.run(["key", "list"]).ok();
    assert!(file.exists() && !binary.data("genkan.db").exists());
}

#[test]
fn secrets_master_key_spares_the_file() {
    let binary = with("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    binary.run(["key", "list"]).ok();
    assert!(!binary.data("master.key").exists());
}

#[test]
fn limits_calls_per_minute_refuses_the_next_call() {
    let server = with("GENKAN_LIMITS__CALLS_PER_MINUTE", "2").serve();
    let key = server.admin_key();
    let statuses: Vec<u16> = (0..3)
        .map(|_| server.mcp(&key, "tools/list", json!({})).status)
        .collect();
    assert_eq!(statuses, [200, 200, 429]);
}

#[test]
fn limits_body_bytes_and_json_depth_refuse_large_and_deep_bodies() {
    let server = with("GENKAN_LIMITS__BODY_BYTES", "1000")
        .variable("GENKAN_LIMITS__JSON_DEPTH", "8")
        .serve();
    let key = server.admin_key();
    let large = call("x", json!({ "text": "y".repeat(1_000) }));
    assert_eq!(server.mcp(&key, "tools/call", large).status, 413);
    let deep = (0..8).fold(json!({}), |inner, _| json!({ "a": inner }));
    assert_eq!(server.mcp(&key, "tools/call", call("x", deep)).status, 400);
    assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
}

#[test]
fn limits_result_bytes_cuts_long_results() {
    let binary = with("GENKAN_LIMITS__RESULT_BYTES", "2000");
    let mut dialogue = binary.stdio(&[]);
    let long = entry(&"tide ".repeat(2_000));
    dialogue.asks("tools/call", call("knowledge_write_knowledge", long));
    let found = dialogue.asks("tools/call", search()).to_string();
    assert!(found.len() < 6_000, "{} bytes", found.len());
}

#[test]
fn limits_sessions_bound_old_sessions_in_all_and_per_principal() {
    for name in [
        "GENKAN_LIMITS__SESSIONS",
        "GENKAN_LIMITS__SESSIONS_PER_PRINCIPAL",
    ] {
        let server = with(name, "1").serve();
        let key = server.admin_key();
        assert_eq!(initialize(&server, &key).status, 200, "{name}");
        assert_eq!(initialize(&server, &key).status, 503, "{name}");
    }
}

#[test]
fn limits_listens_per_principal_bounds_streams_of_changes() {
    let server = with("GENKAN_LIMITS__LISTENS_PER_PRINCIPAL", "1").serve();
    let key = server.admin_key();
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let message = modern(1, "subscriptions/listen", wanted.clone());
    let body = message.to_string();
    let head = http::mcp_head(server.address(), "/mcp", &key, &message, body.len());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let request = format!("{head}{body}");
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines();
    assert!(lines.any(|line| line.unwrap().contains("acknowledged")));
    let second = server.mcp(&key, "subscriptions/listen", wanted);
    assert_eq!(second.status, 503);
}

#[test]
fn limits_write_seconds_closes_on_who_reads_nothing() {
    let server = with("GENKAN_LIMITS__WRITE_SECONDS", "1").serve();
    let message = modern(1, "tools/list", json!({}));
    let body = message.to_string();
    let key = server.admin_key();
    let head = http::mcp_head(server.address(), "/mcp", &key, &message, body.len());
    let head = head.replace("Connection: close\r\n", "");
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let request = format!("{head}{body}");
    // Far more answers than all buffers between the two hold.
    let written = (0..20_000).try_for_each(|_| stream.write_all(request.as_bytes()));
    let kind = written.unwrap_err().kind();
    assert!(
        matches!(
            kind,
            std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe
        ),
        "{kind:?}"
    );
}

#[test]
fn mcp_quirks_are_forgiven_until_they_are_switched_off() {
    for (name, value, status) in [
        ("GENKAN_MCP__QUIRKS__ACCEPT", "true", 200),
        ("GENKAN_MCP__QUIRKS__ACCEPT", "false", 406),
    ] {
        let server = with(name, value).serve();
        let message = modern(1, "tools/list", json!({}));
        let body = message.to_string();
        let key = server.admin_key();
        let head = http::mcp_head(server.address(), "/mcp", &key, &message, body.len());
        let head = head
            .lines()
            .map(
                |line| match line.to_ascii_lowercase().starts_with("accept:") {
                    true => "Accept: */*\r\n".to_owned(),
                    false => format!("{line}\r\n"),
                },
            )
            .collect::<String>();
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream
            .write_all(format!("{head}{body}").as_bytes())
            .unwrap();
        assert_eq!(http::read(stream).status, status, "{name}={value}");
    }
}

#[test]
fn limits_connections_makes_the_next_one_wait() {
    let server = with("GENKAN_LIMITS__CONNECTIONS", "1").serve();
    let first = TcpStream::connect(server.address()).unwrap();
    let mut second = TcpStream::connect(server.address()).unwrap();
    second
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    second
        .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    assert!(
        second.read(&mut [0; 1]).is_err(),
        "there was no place for it"
    );
    drop(first);
    second.set_read_timeout(None).unwrap();
    assert_eq!(http::read(second).status, 200);
}

#[test]
fn limits_head_and_body_seconds_end_slow_requests() {
    let server = with("GENKAN_LIMITS__HEAD_SECONDS", "1")
        .variable("GENKAN_LIMITS__BODY_SECONDS", "1")
        .serve();
    let mut slow_head = TcpStream::connect(server.address()).unwrap();
    slow_head.write_all(b"POST /mcp HTTP/1.1\r\nHo").unwrap();
    let message = modern(1, "tools/list", json!({}));
    let head = http::mcp_head(
        server.address(),
        "/mcp",
        &server.admin_key(),
        &message,
        1_000,
    );
    let mut slow_body = TcpStream::connect(server.address()).unwrap();
    slow_body.write_all(head.as_bytes()).unwrap();
    slow_body.write_all(b"{").unwrap();
    let begun = Instant::now();
    let answer = http::read(slow_body);
    assert!(answer.status >= 400, "{answer:?}");
    let _ = slow_head.read_to_end(&mut Vec::new());
    assert!(
        (1..8).contains(&begun.elapsed().as_secs()),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn log_level_and_format_shape_standard_error() {
    let binary = with("GENKAN_LOG__FORMAT", "json").variable("GENKAN_LOG__LEVEL", "info");
    let mut child = binary
        .command(["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["level"], "INFO", "{event}");
    // A command tells a person nothing but its result, unless it is asked to.
    assert_eq!(genkan().run(["key", "list"]).ok().err, "");
    assert!(
        with("GENKAN_LOG__LEVEL", "info")
            .run(["key", "list"])
            .ok()
            .err
            .contains("INFO")
    );
}
