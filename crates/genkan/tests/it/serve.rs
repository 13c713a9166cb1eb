//! The server from its first start to its end.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::binary::{genkan, http, modern};

#[test]
fn the_first_start_serves_and_leaves_a_key_that_works() {
    let binary = genkan();
    let server = binary.serve();
    assert_eq!(server.get("/health", None).status, 200);
    assert_eq!(server.get("/ready", None).status, 200);
    let key = server.admin_key();
    assert!(
        !server.told.to_string().contains(&key),
        "the key itself is never printed"
    );
    let list = server.mcp(&key, "tools/list", json!({}));
    assert_eq!(list.status, 200, "{list:?}");
    assert!(list.body.contains("knowledge_get_task_context"), "{list:?}");
    assert_eq!(server.mcp("gk_wrong", "tools/list", json!({})).status, 401);
    let metrics = server.get("/metrics", Some(&key));
    assert_eq!(metrics.status, 200);
    assert!(
        metrics.body.contains("http_requests_total"),
        "{}",
        metrics.body
    );
    assert!(metrics.body.contains("system_memory_usage_percent") || !cfg!(target_os = "linux"));
}

#[cfg(unix)]
#[test]
fn what_the_server_makes_belongs_to_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let binary = genkan();
    let _server = binary.serve();
    for name in [
        "admin.key",
        "master.key",
        "genkan.db",
        "genkan.db-wal",
        "genkan.sock",
        "server.json",
    ] {
        let mode = fs::metadata(binary.data(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    assert_eq!(
        fs::metadata(binary.data("")).unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[cfg(unix)]
#[test]
fn a_restart_keeps_keys_and_data_and_makes_no_new_ones() {
    let binary = genkan();
    let server = binary.serve();
    let key = server.admin_key();
    let master = fs::read(binary.data("master.key")).unwrap();
    assert_eq!(server.terminate(), Some(0));
    assert!(!binary.data("server.json").exists() && !binary.data("genkan.sock").exists());
    let server = binary.serve();
    assert_eq!(server.admin_key(), key);
    assert_eq!(fs::read(binary.data("master.key")).unwrap(), master);
    assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
}

#[test]
fn a_second_server_on_the_folder_is_told_who_holds_it() {
    let binary = genkan();
    let server = binary.serve();
    let second = binary.run(["serve", "--bind", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1));
    assert!(
        second.err.starts_with("error[data_dir_unusable]"),
        "{}",
        second.err
    );
    assert!(
        second
            .err
            .contains(&format!("process {}", server.child.id())),
        "{}",
        second.err
    );
    assert!(second.err.contains(server.address()), "{}", second.err);
}

#[test]
fn a_killed_server_does_not_stand_in_the_way_of_the_next() {
    let binary = genkan();
    let mut server = binary.serve();
    server.kill();
    assert_eq!(binary.serve().get("/health", None).status, 200);
}

/// One for which there is no room tries again after a second.
#[test]
fn hundreds_of_clients_that_come_at_once_are_let_in_at_once() {
    let binary = genkan();
    let server = binary.serve();
    let connect = |_| {
        let begun = Instant::now();
        let stream = TcpStream::connect(server.address()).unwrap();
        (begun.elapsed(), stream)
    };
    let all: Vec<_> = (0..600).map(connect).collect();
    let longest = all.iter().map(|(took, _)| *took).max().unwrap();
    assert!(longest < Duration::from_millis(900), "{longest:?}");
}

#[test]
fn an_address_in_use_is_named_and_leaves_nothing_behind() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let binary = genkan();
    let ended = binary.run(["serve", "--bind", &address]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains(&format!(
            "error[address_in_use]: another program listens on {address}"
        )),
        "{}",
        ended.err
    );
    assert!(!binary.data("genkan.db").exists() && !binary.data("master.key").exists());
}

#[test]
fn a_foreign_address_is_refused() {
    let ended = genkan()
        .variable("GENKAN_SERVER__PUBLIC_URL", "https://genkan.example.org")
        .variable("GENKAN_SERVER__TRUSTED_PROXIES", "10.0.0.0/8")
        .run(["serve", "--bind", "192.0.2.1:8137", "--behind-proxy"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("error[address_unusable]"),
        "{}",
        ended.err
    );
}

#[test]
fn an_unusable_data_folder_is_named() {
    let binary = genkan();
    fs::write(binary.root().join("file"), "").unwrap();
    for arguments in [&["serve"][..], &["stdio"], &["key", "list"]] {
        let ended = binary.run(arguments.iter().chain(&["--data-dir", "file/data"]));
        assert_eq!(ended.code, Some(1), "{arguments:?}: {ended:?}");
        assert!(
            ended.err.contains("error[data_dir_unusable]"),
            "{}",
            ended.err
        );
        assert!(ended.err.contains("file/data"), "{}", ended.err);
    }
}

#[test]
fn another_master_key_is_refused() {
    let binary = genkan();
    binary.run(["key", "list"]).ok();
    let other = genkan().variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    let folder = binary.data("");
    let serve = ["serve", "--bind", "127.0.0.1:0", "--data-dir"].map(AsRef::as_ref);
    let ended = other.run(serve.into_iter().chain([folder.as_os_str()]));
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("error[master_key_mismatch]"),
        "{}",
        ended.err
    );
}

#[test]
fn postgresql_needs_a_master_key_of_its_own() {
    let ended = genkan()
        .variable("GENKAN_STORE__URL", "postgres://nobody@127.0.0.1:1/nowhere")
        .run(["serve", "--bind", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("`secrets.master_key` is not set"),
        "{}",
        ended.err
    );
}

#[test]
fn postgresql_that_is_down_is_an_error_with_a_code() {
    let ended = genkan()
        .variable(
            "GENKAN_STORE__URL",
            "postgres://nobody:hush@127.0.0.1:1/nowhere",
        )
        .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32))
        .run(["serve", "--bind", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("error[store_unavailable]"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("hush"), "{}", ended.err);
}

/// A request that the server works on, since it asked for the body, of which half is sent.
#[cfg(unix)]
pub(crate) fn half_sent(server: &crate::binary::Server) -> (TcpStream, String) {
    let message = modern(1, "tools/list", json!({}));
    let body = message.to_string();
    let (first, second) = body.split_at(body.len() / 2);
    let head = http::mcp_head(
        server.address(),
        "/mcp",
        &server.admin_key(),
        &message,
        body.len(),
    );
    let head = head.replacen("\r\n", "\r\nExpect: 100-continue\r\n", 1);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on[..12], b"HTTP/1.1 100");
    stream.write_all(first.as_bytes()).unwrap();
    (stream, second.to_owned())
}

#[cfg(unix)]
#[test]
fn sigterm_lets_requests_under_way_finish() {
    let binary = genkan();
    let mut server = binary.serve();
    let (mut stream, rest) = half_sent(&server);
    server.signal("TERM");
    while TcpStream::connect(server.address()).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(rest.as_bytes()).unwrap();
    let answer = http::read(stream);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn sigterm_ends_a_stream_of_changes_with_its_result() {
    let binary = genkan();
    let mut server = binary.serve();
    let lines = crate::together::listen(&server, &server.admin_key());
    server.signal("TERM");
    let lines: Vec<String> = lines.map(Result::unwrap).collect();
    let last = lines
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("data:"));
    let last: serde_json::Value = serde_json::from_str(last.unwrap()).unwrap();
    assert_eq!(last["id"], 1, "{lines:?}");
    assert!(last["result"].is_object(), "{lines:?}");
    assert_eq!(lines[lines.len() - 2], "0", "the last chunk: {lines:?}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_second_signal_does_not_wait() {
    let binary = genkan().variable("GENKAN_SERVER__DRAIN_SECONDS", "600");
    let mut server = binary.serve();
    let _under_way = half_sent(&server);
    server.signal("TERM");
    while TcpStream::connect(server.address()).is_ok() {
        std::thread::yield_now();
    }
    server.signal("INT");
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
}
