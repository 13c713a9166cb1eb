//! Addresses that servers print, and servers that fail.

use std::process::Command;

use super::{Server, address_in};

fn saying(script: &str) -> anyhow::Result<Server> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Server::start(&mut command, &folder.path().join("log"))
}

fn refusal(script: &str) -> String {
    match saying(script) {
        Ok(server) => panic!("it was accepted at {}", server.address),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn addresses_are_found_in_what_servers_print() {
    let table = [
        ("http://127.0.0.1:4711", Some("127.0.0.1:4711")),
        (
            r#"{"url":"http://127.0.0.1:80/mcp","more":1}"#,
            Some("127.0.0.1:80"),
        ),
        ("on http://[::1]:9/ now", Some("[::1]:9")),
        ("http://10.0.0.8:80/", Some("10.0.0.8:80")),
        ("http://example.org/ or http://0.0.0.0:5", Some("0.0.0.0:5")),
        ("ready", None),
        ("http://127.0.0.1/", None),
    ];
    for (line, expected) in table {
        let expected = expected.map(|text| text.parse().unwrap());
        assert_eq!(address_in(line), expected, "{line}");
    }
}

#[test]
fn a_server_beyond_loopback_is_refused() {
    for address in ["10.0.0.8:80", "0.0.0.0:80", "[2001:db8::1]:80"] {
        let refused = refusal(&format!("echo http://{address}/mcp; exec sleep 60"));
        assert!(refused.contains("beyond loopback"), "{refused}");
    }
}

#[test]
fn a_server_that_ends_instead_of_listening_is_named_with_its_last_words() {
    let refused = refusal("echo the port is in use >&2; exit 1");
    assert!(
        refused.contains("`sh` told no address") && refused.contains("the port is in use"),
        "{refused}"
    );
}

#[test]
fn a_program_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("/nowhere/genkan-no-such-program");
    let error = Server::start(&mut command, &folder.path().join("log")).err();
    let text = format!("{:#}", error.unwrap());
    assert!(text.contains("/nowhere/genkan-no-such-program"), "{text}");
}

#[test]
fn a_dropped_server_leaves_no_process() {
    let server = saying("echo http://127.0.0.1:9; exec sleep 600").unwrap();
    let process = format!("/proc/{}", server.pid());
    assert!(std::path::Path::new(&process).exists());
    drop(server);
    assert!(!std::path::Path::new(&process).exists());
}
