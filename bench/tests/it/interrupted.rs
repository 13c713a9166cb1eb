//! However a run is ended, no server that it started goes on.

use std::process::{Child, Command, Stdio};

use crate::family::{children, is_alive, signal, until};

/// A run of the echo by two servers, of which both are there now.
fn begin() -> (Child, Vec<u32>) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let run = Command::new(env!("CARGO_BIN_EXE_genkan-bench"))
        .args([
            "--only",
            "echo",
            "--server",
            "rmcp",
            "--no-keep",
            "--root",
            root,
        ])
        .env_remove("GENKAN_TEST_POSTGRES")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let servers = until("both servers run", || {
        let servers = children(run.id()).into_iter();
        // A server begins as a program that asks the system to end it with us.
        let started = servers
            .filter(|(_, line)| line.contains("genkan-bench-") && !line.starts_with("setpriv"));
        let ids: Vec<_> = started.map(|(id, _)| id).collect();
        (ids.len() == 2).then_some(ids)
    });
    (run, servers)
}

#[test]
fn a_run_that_is_told_to_end_takes_its_servers_along() {
    for name in ["TERM", "INT"] {
        let (mut run, servers) = begin();
        signal(run.id(), name);
        assert_eq!(run.wait().unwrap().code(), Some(130), "{name}");
        for server in servers {
            assert!(!is_alive(server), "{name} left a server");
        }
    }
}

#[test]
fn a_run_that_is_killed_takes_its_servers_along() {
    let has_setpriv = ["/usr/bin/setpriv", "/bin/setpriv"];
    if !has_setpriv
        .iter()
        .any(|file| std::path::Path::new(file).is_file())
    {
        return;
    }
    let (mut run, servers) = begin();
    run.kill().unwrap();
    run.wait().unwrap();
    for server in servers {
        until("the server is gone", || (!is_alive(server)).then_some(()));
    }
}
