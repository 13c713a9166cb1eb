//! Who is missing, refuses to start, listens beyond this machine or crashes is named, and the rest
//! goes on.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use genkan_bench::{
    case,
    run::{Bench, Plan},
    subject::{Programs, Subject},
};

use crate::family::{children, signal};

const FLOOR: &str = env!("CARGO_BIN_EXE_genkan-bench-floor");

/// A program in the folder that does what this shell script says.
fn script(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Peers that fail in every way, beside a floor that is well. `house` serves until it is killed.
fn programs(folder: &Path) -> Programs {
    std::os::unix::fs::symlink(FLOOR, folder.join("genkan-bench-floor")).unwrap();
    std::os::unix::fs::symlink(FLOOR, folder.join("victim")).unwrap();
    let abroad = "echo http://192.0.2.7:80/mcp; exec sleep 600";
    script(folder, "genkan-bench-rmcp", abroad);
    let victim = format!("exec {} 300", folder.join("victim").display());
    let node = script(folder, "node", "echo the port is in use >&2; exit 1");
    Programs {
        genkan: folder.join("no-such-program"),
        house: script(folder, "house", &victim),
        python: None,
        node: Some((node, folder.to_owned())),
        peers: folder.to_owned(),
        beside: folder.to_owned(),
    }
}

/// Kills the victim while it is asked: the floor is started last, so all others serve by then.
async fn crash() {
    let running = |name: &str| {
        let found = children(std::process::id()).into_iter();
        let mut named = found.filter(|(_, line)| line.contains(name) && !line.contains("setpriv"));
        named.next().map(|(id, _)| id)
    };
    while running("/genkan-bench-floor ").is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    signal(running("/victim 300").unwrap(), "KILL");
}

#[tokio::test]
async fn whoever_fails_is_named_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        first: Duration::from_millis(100),
        rounds: 3,
        warm_up: Duration::from_millis(20),
        time: Duration::from_millis(200),
    };
    let scratch = folder.path().join("scratch");
    let mut bench = Bench::new(programs(folder.path()), scratch, plan, None);
    let mut case = case::all(true).remove(0);
    case.subjects = vec![
        Subject::Floor,
        Subject::EchoSqlite,
        Subject::Sqlite,
        Subject::Rmcp,
        Subject::FastMcp,
        Subject::TypeScript,
    ];
    case.clients = vec![2];
    tokio::join!(bench.run(&case), crash());

    let named = [
        ("Genkan, SQLite is left out of `echo`", ""),
        ("Genkan, SQLite is left out of `echo`", "no-such-program"),
        ("rmcp 3.9 is left out of `echo`", "beyond loopback"),
        ("FastMCP 4 is left out of `echo`", "no Python"),
        (
            "TypeScript SDK 2 is left out of `echo`",
            "the port is in use",
        ),
    ];
    let skipped = &bench.findings.skipped;
    assert_eq!(skipped.len(), named.len(), "{skipped:#?}");
    for (who, why) in named {
        let is_named = |line: &String| line.starts_with(who) && line.contains(why);
        assert!(skipped.iter().any(is_named), "{who} {why}: {skipped:#?}");
    }
    let measured: Vec<_> = bench.findings.figures.iter().map(|f| &f.server).collect();
    assert_eq!(measured, ["axum echo"]);
    assert!(bench.findings.figures[0].cpu_us > 0.0);
    let left = children(std::process::id()).into_iter();
    assert_eq!(left.filter(|(_, line)| line.contains("bench")).count(), 0);
}
