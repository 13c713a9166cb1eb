//! Where the scenario is played: a server with the fixtures, a tap before it, and its address.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use genkan_testkit::{
    binary::{Binary, Server},
    wire::{LineTap, Tap},
};
use serde_json::{Value, json};

/// A transport in a revision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) transport: &'static str,
    pub(crate) revision: &'static str,
}

const fn way(transport: &'static str, revision: &'static str) -> Way {
    Way {
        transport,
        revision,
    }
}

/// All of them.
pub(crate) const WAYS: [Way; 11] = [
    way("http", "2026-07-28"),
    way("http", "2025-11-25"),
    way("http", "2025-06-18"),
    way("http", "2025-03-26"),
    way("http", "2024-11-05"),
    way("sse", "2024-11-05"),
    way("stdio", "2026-07-28"),
    way("stdio", "2025-11-25"),
    way("stdio", "2025-06-18"),
    way("stdio", "2025-03-26"),
    way("stdio", "2024-11-05"),
];

/// A stage for one way.
pub(crate) struct Stage {
    way: Way,
    binary: Binary,
    http: Option<(Server, Tap)>,
    lines: LineTap,
}

impl Stage {
    pub(crate) async fn set(way: Way) -> Self {
        let mut binary = Binary::new(env!("CARGO_BIN_EXE_genkan-testserver"))
            .variable("GENKAN_TEST_FIXTURES", "1");
        if way.transport == "sse" {
            binary = binary.variable("GENKAN_MCP__LEGACY_SSE", "true");
        }
        let http = match way.transport {
            "stdio" => None,
            _ => {
                let server = binary.serve();
                let tap = Tap::before(&format!("http://{}", server.address())).await;
                Some((server, tap))
            }
        };
        let lines = LineTap::into_file(binary.root().join("wire.jsonl"));
        Self {
            way,
            binary,
            http,
            lines,
        }
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// The address, through the tap.
    pub(crate) fn url(&self) -> Option<String> {
        let path = match self.way.transport {
            "sse" => "/sse",
            _ => "/mcp",
        };
        self.http
            .as_ref()
            .map(|(_, tap)| format!("{}{path}", tap.address))
    }

    pub(crate) fn key(&self) -> Option<String> {
        self.http.as_ref().map(|(server, _)| server.admin_key())
    }

    /// The server as a client starts it over its standard input and output, through the tap.
    pub(crate) fn command(&self) -> Vec<PathBuf> {
        vec![
            env!("CARGO_BIN_EXE_genkan-tap").into(),
            self.lines.path().into(),
            env!("CARGO_BIN_EXE_genkan-testserver").into(),
            "stdio".into(),
        ]
    }

    /// What the server must find in its environment.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let command = self.binary.command(["stdio"]);
        let variables = command.get_envs();
        let text = |word: &std::ffi::OsStr| word.to_str().unwrap().to_owned();
        variables
            .filter_map(|(name, value)| Some((text(name), text(value?))))
            .collect()
    }

    /// A program of a client, in the surroundings of the server.
    pub(crate) fn client(&self, program: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(program);
        let folder = std::path::Path::new(program).parent().unwrap();
        command
            .env_clear()
            .envs(self.variables())
            .env("PATH", folder);
        command.current_dir(self.binary.root());
        command
    }

    /// How many messages of the server went through the tap, and what was wrong with them.
    pub(crate) fn verdict(&self) -> (usize, Vec<String>) {
        match &self.http {
            Some((_, tap)) => tap.verdict(),
            None => {
                let judge = self.lines.judge();
                (judge.judged(), judge.faults().to_vec())
            }
        }
    }

    /// What the server told of a call of so many steps, as it went over the wire. The judge has seen
    /// that all of it came before the answer.
    pub(crate) fn progress_of(&self, steps: usize) -> Value {
        let said = match &self.http {
            Some((_, tap)) => tap.said(),
            None => self.lines.said(),
        };
        let told = said.into_iter().map(|said| said.message);
        let told = told.filter(|it| it["method"] == "notifications/progress");
        let told = told.map(|it| it["params"].clone());
        told.filter(|told| told["total"] == steps)
            .map(|told| json!([told["progress"], told["total"], told["message"]]))
            .collect()
    }

    /// Fails unless the slow call was cancelled on the server too, as its record says.
    pub(crate) fn assert_cancelled(&self) {
        let mut admin = self.binary.stdio(&["--profile", "admin"]);
        let arguments = json!({ "tool": "test_slow", "disposition": "cancelled" });
        let begun = Instant::now();
        loop {
            let params = json!({ "name": "admin_audit_report", "arguments": arguments });
            let answer = admin.asks("tools/call", params.clone());
            let records = &answer["result"]["structuredContent"]["records"];
            if records.as_array().is_some_and(|records| records.len() == 1) {
                return;
            }
            let late = begun.elapsed() > Duration::from_secs(30);
            assert!(
                !late,
                "{:?}: no cancelled call: {}",
                self.way,
                Value::clone(records)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
