//! What a service manager, a machine in need and a broken pipe do to the server.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::binary::{Binary, call, entry, genkan, http, modern, search};
use crate::development::logged;

const LONG: Duration = Duration::from_secs(60);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn shell(line: &str) {
    let ended = Command::new("sh").args(["-c", line]).status().unwrap();
    assert!(ended.success(), "{line}");
}

#[test]
fn the_service_manager_is_told_how_far_the_server_is() {
    let binary = genkan();
    let path = binary.root().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(LONG)).unwrap();
    let mut server = binary
        .variable("NOTIFY_SOCKET", path.to_str().unwrap())
        .variable("WATCHDOG_USEC", "200000")
        .serve();
    // What it says often is left out, but for the one time that is waited for.
    let hear = |wanted: &str| {
        let mut buffer = [0; 256];
        loop {
            let length = manager.recv(&mut buffer).unwrap();
            let text = String::from_utf8(buffer[..length].to_vec()).unwrap();
            if text.starts_with(wanted) {
                return text;
            }
            assert_eq!(text, "WATCHDOG=1", "before {wanted}");
        }
    };
    hear("READY=1");
    hear("WATCHDOG=1");
    hear("WATCHDOG=1");
    server.signal("HUP");
    let micros = hear("RELOADING=1\nMONOTONIC_USEC=");
    assert!(micros.rsplit('=').next().unwrap().parse::<u64>().unwrap() > 0);
    hear("READY=1");
    server.signal("TERM");
    hear("STOPPING=1");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_socket_of_the_service_manager_is_served() {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let genkan = env!("CARGO_BIN_EXE_genkan");
    let line = format!(
        "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec '{genkan}' serve --json"
    );
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new("sh")
        .args(["-c", &line])
        .env("GENKAN_DATA_DIR", folder.path().join("data"))
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut told)
        .unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["address"], address);
    assert_eq!(http::get(&address, "/health", None).status, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn beyond_its_memory_the_server_refuses_calls_and_serves_again_within() {
    let binary = genkan().variable("MEMORY_LIMIT_MB", "1");
    let log = binary.root().join("log");
    let line = format!("exec \"$0\" \"$@\" 2>'{}'", log.display());
    let server = binary.serve_through(&["sh", "-c", &line]);
    let key = server.admin_key();
    let list = || server.mcp(&key, "tools/list", json!({}));
    until("it is measured", || list().status == 503);
    assert!(list().body.contains("memory_limit"), "{:?}", list());
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("were forgotten"), "{log}");
    assert!(log.contains("more than `limits.memory_mb` (1)"), "{log}");
    assert_eq!(server.get("/health", None).status, 200);
    let metrics = server.get("/metrics", Some(&key)).body;
    let refused = metrics
        .lines()
        .find(|line| line.starts_with("genkan_calls_refused_total{code=\"memory_limit\"}"));
    assert!(refused.is_some(), "{metrics}");
    let binary = genkan();
    fs::create_dir(binary.data("")).unwrap();
    let write = |text: &str| fs::write(binary.data("genkan.toml"), text).unwrap();
    write("[limits]\nmemory_mb = 1\n");
    let server = binary.serve();
    let key = server.admin_key();
    until("it is measured", || {
        server.mcp(&key, "tools/list", json!({})).status == 503
    });
    write("[limits]\nmemory_mb = 4000\n");
    until("there is room", || {
        server.mcp(&key, "tools/list", json!({})).status == 200
    });
}

/// Whether the tool did what it should.
fn works(answer: &http::Answer) -> bool {
    answer.status == 200
        && answer.body.contains("structuredContent")
        && !answer.body.contains("\"isError\":true")
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_writes_are_refused_reads_go_on_and_room_mends_it() {
    let binary = genkan();
    let first = binary.serve();
    let key = first.admin_key();
    let write = |server: &crate::binary::Server, text: &str| {
        server.mcp(
            &key,
            "tools/call",
            call("knowledge_write_knowledge", entry(text)),
        )
    };
    assert!(works(&write(&first, "tide tables of the harbour")));
    assert_eq!(first.terminate(), Some(0));
    // A bound on the size of files is a full disk for one process alone.
    let line = format!(
        "trap '' XFSZ; ulimit -S -f $(( ($(wc -c < '{}') + 100000) / 512 )); exec \"$0\" \"$@\"",
        binary.data("genkan.db").display()
    );
    let server = bounded(&binary, &line);
    let mut refused = None;
    for round in 0..400 {
        let answer = write(
            &server,
            &format!("{round} {}", "tide harbour mole ".repeat(500)),
        );
        if !works(&answer) {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the disk is full at last");
    assert!(refused.body.contains("store_full"), "{refused:?}");
    assert!(refused.body.contains("Make room"), "{refused:?}");
    for _ in 0..5 {
        let found = server.mcp(&key, "tools/call", search());
        assert!(works(&found), "{found:?}");
    }
    shell(&format!(
        "prlimit --pid {} --fsize=unlimited:",
        server.child.id()
    ));
    until("there is room again", || {
        works(&write(&server, "after the flood"))
    });
    assert_eq!(server.get("/ready", None).status, 200);
    assert_eq!(server.terminate(), Some(0));
    binary.run(["audit", "verify"]).ok();
}

/// A server that a shell starts.
fn bounded(binary: &Binary, line: &str) -> crate::binary::Server {
    binary.serve_through(&["sh", "-c", line])
}

#[test]
fn a_log_that_nobody_reads_any_longer_stops_nothing() {
    let binary = genkan().variable("GENKAN_LOG__LEVEL", "debug");
    let mut server = binary.serve_through(&["sh", "-c", "exec 2>&1 2>&-; exec \"$0\" \"$@\""]);
    let key = server.admin_key();
    for _ in 0..3 {
        assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
    }
    server.signal("TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    let (mut child, address) = logged(&binary);
    drop(child.stderr.take());
    let message = modern(1, "tools/list", json!({}));
    for _ in 0..3 {
        assert_eq!(http::mcp(&address, "/mcp", &key, &message).status, 200);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
