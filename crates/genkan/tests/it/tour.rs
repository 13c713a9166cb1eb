//! "A five-minute tour" of README.md, typed to the letter into two terminals.
//!
//! Three things stand in for what a test cannot have: `npx` starts the Inspector that the gate
//! installed, since there is no network; `cargo xtask run` starts the built binary as it would
//! (`cargo xtask test` runs it for real in a step of its own); and where another program has port
//! 8137, any free one takes its place, told to the server by `GENKAN_SERVER__BIND`.

use std::{
    ffi::OsString,
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, symlink},
    time::{Duration, Instant},
};

use genkan_testkit::binary::{http, modern};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    clients::tool_variable,
    readme::{blocks, typed, workspace},
    tour_terminal::{Printed, Terminal},
};

const PORT: &str = "8137";
/// What the machine may take of the ten minutes in which a newcomer is through; the rest is for reading.
/// Building, before the first step, comes on top.
const AT_MOST: Duration = Duration::from_secs(4 * 60);
const CARGO: &str = r#"#!/bin/sh
[ "$1 $2" = "xtask run" ] || { echo "cargo is not here for: $*" >&2; exit 1; }
shift 2
exec "$GENKAN" serve "$@"
"#;
const NPX: &str = r#"#!/bin/sh
[ "$1 $2" = "-y @modelcontextprotocol/inspector@$INSPECTOR_VERSION" ] ||
  { echo "npx has no: $*" >&2; exit 1; }
shift 2
PATH="$(dirname "$NODE"):$PATH" exec "$NODE" "$INSPECTOR" "$@"
"#;

/// The tour, on a clone of its own.
struct Tour {
    steps: Vec<Vec<String>>,
    port: String,
    clone: TempDir,
}

impl Tour {
    fn begin() -> Self {
        let clone = tempfile::tempdir().unwrap();
        let (built, shims) = (
            clone.path().join("target/debug"),
            clone.path().join("shims"),
        );
        fs::create_dir_all(&built).unwrap();
        fs::create_dir_all(&shims).unwrap();
        symlink(env!("CARGO_BIN_EXE_genkan"), built.join("genkan")).unwrap();
        symlink(workspace().join("docs"), clone.path().join("docs")).unwrap();
        for (name, text) in [("cargo", CARGO), ("npx", NPX)] {
            let path = shims.join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let port = free_port();
        let steps = blocks("A five-minute tour", "console");
        let steps = steps.iter().map(|block| typed(block));
        let replace = |line: &str| line.replace(PORT, &port);
        let steps = steps.map(|lines| lines.into_iter().map(replace).collect());
        Self {
            steps: steps.collect(),
            port,
            clone,
        }
    }

    fn terminal(&self, node: &OsString, inspector: &OsString) -> Terminal {
        let path = format!(
            "{}:{}",
            self.clone.path().join("shims").display(),
            std::env::var("PATH").unwrap()
        );
        let text = |value: &OsString| value.to_str().unwrap().to_owned();
        let variables = [
            ("PATH", path),
            ("HOME", self.clone.path().display().to_string()),
            ("GENKAN", env!("CARGO_BIN_EXE_genkan").to_owned()),
            ("NODE", text(node)),
            ("INSPECTOR", text(inspector)),
            ("INSPECTOR_VERSION", inspector_version()),
        ];
        Terminal::open(self.clone.path(), &variables)
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Step 1, in the first terminal.
    fn serves(&self, terminal: &mut Terminal) {
        let [folder, run] = &self.steps[0][..] else {
            panic!("step 1 is another: {:?}", self.steps[0]);
        };
        terminal.run(folder).ok();
        if self.port != PORT {
            let bind = format!("export GENKAN_SERVER__BIND={}", self.address());
            terminal.run(&bind).ok();
        }
        let told = terminal.starts(run, "Ctrl-C ends the server.");
        let key = self.clone.path().join("target/tour/admin.key");
        for part in [
            &format!("http://{}/mcp", self.address()),
            key.to_str().unwrap(),
            "claude mcp add",
            "genkan key create",
        ] {
            assert!(told.contains(part), "{part} in: {told}");
        }
        let mode = fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only its owner reads the key");
    }

    /// The other steps, in the second terminal: what each line printed.
    fn types(&self, terminal: &mut Terminal, step: usize) -> Vec<Printed> {
        let lines = self.steps[step - 1].iter();
        lines.map(|line| terminal.run(line)).collect()
    }
}

#[test]
fn the_tour_of_the_readme_is_true_to_the_letter() {
    let (Some(node), Some(inspector)) = (
        tool_variable("GENKAN_TEST_NODE"),
        tool_variable("GENKAN_TEST_INSPECTOR"),
    ) else {
        return;
    };
    let tour = Tour::begin();
    assert_eq!(tour.steps.len(), 7, "each step has its assertions here");
    let begun = Instant::now();
    let mut first = tour.terminal(&node, &inspector);
    tour.serves(&mut first);
    let mut second = tour.terminal(&node, &inspector);
    connects(&tour.types(&mut second, 2));
    stores(&tour.types(&mut second, 3));
    finds(&tour.types(&mut second, 4));
    each_query_finds_it(&mut second);
    brings_along(&tour.types(&mut second, 5));
    looks_behind(&tour.types(&mut second, 6));
    lets_in_and_out(&tour, &mut second);
    let ended = first.interrupts();
    assert_eq!(ended.code, 0, "Ctrl-C ends the server: {}", ended.text);
    first.run("rm -r target/tour").ok();
    let took = begun.elapsed();
    assert!(took <= AT_MOST, "the tour took {took:?}");
    assert!(!tour.clone.path().join("target/tour").exists());
}

fn connects(printed: &[Printed]) {
    let [.., modern, legacy] = printed else {
        panic!("{printed:?}");
    };
    for list in [modern, legacy] {
        let list: Value = serde_json::from_str(list.ok()).unwrap();
        let tools = list["tools"].as_array().unwrap();
        assert!(tools.len() >= 12, "{list}");
        assert!(
            tools
                .iter()
                .any(|tool| tool["name"] == "knowledge_get_task_context")
        );
    }
}

fn stores(printed: &[Printed]) {
    let [namespace, scope, entry] = printed else {
        panic!("{printed:?}");
    };
    assert_eq!(structured(namespace)["default_scope"], "team:default");
    assert_eq!(structured(scope)["scope"], "team:shop");
    assert!(structured(entry)["id"].is_string(), "{entry:?}");
}

fn finds(printed: &[Printed]) {
    let [found] = printed else {
        panic!("{printed:?}");
    };
    is_found(&structured(found));
}

fn is_found(found: &Value) {
    let entries = found["team:shop"].as_object();
    let entries = entries.unwrap_or_else(|| panic!("{found}"));
    let (id, content) = entries.iter().next().unwrap();
    let text = "Releases of the shop go out on Tuesdays. Roll back with make rollback.";
    assert_eq!(
        (entries.len(), content.as_str()),
        (1, Some(text)),
        "{found}"
    );
    let ranking = found["ranking"].as_array().unwrap();
    assert_eq!(ranking.len(), 1, "{found}");
    assert_eq!(
        (&ranking[0]["id"], &ranking[0]["scope"]),
        (&json!(id), &json!("team:shop"))
    );
    assert!(ranking[0]["score"].as_f64().unwrap() > 0.0, "{found}");
}

/// "Either of these finds the entry by itself."
fn each_query_finds_it(terminal: &mut Terminal) {
    for query in ["releasing the shop", "undo deployment rollback"] {
        let arguments = json!({ "scope": "team:shop", "queries": [query] });
        let line =
            format!("genkan tools call knowledge_get_task_context --json --args '{arguments}'");
        is_found(&structured(&terminal.run(&line)));
    }
}

fn brings_along(printed: &[Printed]) {
    let [scope, first, again, found] = printed else {
        panic!("{printed:?}");
    };
    assert!(scope.ok().contains("team:genkan"), "{scope:?}");
    let created = |told: &Printed| -> u32 {
        let words = told.ok().lines().last().unwrap();
        words.split(' ').next().unwrap().parse().unwrap()
    };
    assert!(created(first) > 100, "{first:?}");
    assert!(
        first.ok().ends_with("0 updated, 0 unchanged, 0 failed."),
        "{first:?}"
    );
    assert_eq!(created(again), 0, "{again:?}");
    assert!(
        again
            .ok()
            .ends_with(&format!("{} unchanged, 0 failed.", created(first))),
        "{again:?}"
    );
    assert!(found.ok().contains("genkan audit verify"), "{found:?}");
}

fn looks_behind(printed: &[Printed]) {
    let [metrics, report, verify] = printed else {
        panic!("{printed:?}");
    };
    let count = |tool: &str, count: u32| {
        let line = format!(
            "mcp_tool_calls_total{{tool_name=\"knowledge_{tool}\",status=\"success\"}} {count}"
        );
        assert!(
            metrics.ok().lines().any(|other| other == line),
            "{metrics:?}"
        );
    };
    for (tool, times) in [
        ("create_namespace", 1),
        ("create_scope", 2),
        ("write_knowledge", 1),
        ("get_task_context", 4),
    ] {
        count(tool, times);
        assert!(report.ok().contains(tool), "{report:?}");
    }
    let calls = report
        .ok()
        .lines()
        .filter(|line| line.contains("tools/call"));
    assert_eq!(
        calls.filter(|line| line.contains("mcp_http")).count(),
        4,
        "{report:?}"
    );
    assert!(verify.ok().ends_with("The chain is whole."), "{verify:?}");
}

fn lets_in_and_out(tour: &Tour, terminal: &mut Terminal) {
    let [create, works, revoke, refused, list] = &tour.steps[6][..] else {
        panic!("step 7 is another: {:?}", tour.steps[6]);
    };
    let created = terminal.run(create);
    assert!(created.ok().contains("shown only this once"), "{created:?}");
    let key = terminal.run("echo \"$THEIRS\"").ok().to_owned();
    assert!(key.starts_with("gk_"), "{key}");
    assert!(
        terminal
            .run(works)
            .ok()
            .contains("knowledge_get_task_context")
    );
    terminal.run(revoke).ok();
    let revoked = Instant::now();
    let message = modern(1, "tools/list", json!({}));
    while http::mcp(&tour.address(), "/mcp", &key, &message).status != 401 {
        assert!(
            revoked.elapsed() < Duration::from_secs(1),
            "the key still works"
        );
    }
    let refused = terminal.run(refused);
    assert!(
        refused.code != 0 && refused.text.contains("HTTP 401"),
        "{refused:?}"
    );
    let list = terminal.run(list);
    let line = list.ok().lines().find(|line| line.contains("colleague"));
    assert!(line.unwrap().contains("revoked"), "{list:?}");
}

/// The structured content of an answer that was printed.
fn structured(printed: &Printed) -> Value {
    let answer: Value = serde_json::from_str(printed.ok()).unwrap();
    answer["structuredContent"].clone()
}

/// The version that the gate installs.
fn inspector_version() -> String {
    let path = workspace().join("xtask/js/package.json");
    let package: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let version = &package["dependencies"]["@modelcontextprotocol/inspector"];
    version.as_str().unwrap().to_owned()
}

/// The port of the README if nobody listens there.
fn free_port() -> String {
    let taken = TcpListener::bind(format!("127.0.0.1:{PORT}"))
        .or_else(|_| TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    taken.local_addr().unwrap().port().to_string()
}
