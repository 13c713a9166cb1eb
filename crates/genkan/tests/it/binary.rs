//! The binary on a data folder of its own.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http;

/// A folder that holds a home and a data folder, and the binary that works on it.
pub(crate) struct Binary {
    root: Arc<TempDir>,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Standard output as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Fails unless the command did what was asked.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

impl Binary {
    pub(crate) fn new() -> Self {
        Self {
            root: Arc::new(tempfile::tempdir().unwrap()),
            environment: Vec::new(),
        }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.root.path().join("data").join(name)
    }

    /// The command with a clean environment.
    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_genkan"));
        command
            .env_clear()
            .env("HOME", self.root.path())
            .env("GENKAN_DATA_DIR", self.root.path().join("data"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.root.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on any free port and waits until it says that it listens.
    pub(crate) fn serve(&self) -> Server {
        self.serve_on("127.0.0.1:0", &[])
    }

    pub(crate) fn serve_on(&self, bind: &str, more: &[&str]) -> Server {
        let arguments = ["serve", "--bind", bind, "--json"]
            .into_iter()
            .chain(more.iter().copied());
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let told =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("the server said `{line}`"));
        Server {
            child,
            told,
            _out: out,
            _root: Arc::clone(&self.root),
        }
    }

    /// Starts `genkan stdio`.
    pub(crate) fn stdio(&self, more: &[&str]) -> Dialogue {
        let arguments = ["stdio"].iter().chain(more);
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let write = child.stdin.take();
        let read = BufReader::new(child.stdout.take().unwrap());
        Dialogue {
            child,
            write,
            read,
            last_id: 0,
            _root: Arc::clone(&self.root),
        }
    }
}

/// A running server, killed when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    /// The line that it printed when it listened.
    pub(crate) told: Value,
    _out: BufReader<ChildStdout>,
    _root: Arc<TempDir>,
}

impl Server {
    pub(crate) fn address(&self) -> &str {
        self.told["address"].as_str().unwrap()
    }

    /// The key of the first admin.
    pub(crate) fn admin_key(&self) -> String {
        let path = self.told["admin_key_file"].as_str().unwrap();
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    pub(crate) fn get(&self, path: &str, key: Option<&str>) -> http::Answer {
        http::get(self.address(), path, key)
    }

    /// One request of MCP 2026-07-28.
    pub(crate) fn mcp(&self, key: &str, method: &str, params: Value) -> http::Answer {
        http::mcp(self.address(), "/mcp", key, &modern(1, method, params))
    }

    /// Asks it to end, and returns its exit code.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> Option<i32> {
        self.signal(rustix::process::Signal::TERM);
        self.child.wait().unwrap().code()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal)
            .unwrap();
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A `genkan stdio` and its client.
pub(crate) struct Dialogue {
    pub(crate) child: Child,
    write: Option<ChildStdin>,
    read: BufReader<ChildStdout>,
    last_id: u64,
    _root: Arc<TempDir>,
}

impl Dialogue {
    pub(crate) fn says(&mut self, message: &Value) {
        let write = self.write.as_mut().unwrap();
        writeln!(write, "{message}").unwrap();
        write.flush().unwrap();
    }

    /// The next answer.
    pub(crate) fn hears(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.read.read_line(&mut line).unwrap(),
                0,
                "standard output ended"
            );
            let message: Value = serde_json::from_str(&line).unwrap();
            if message.get("method").is_none() {
                return message;
            }
        }
    }

    /// One request of MCP 2026-07-28, and its answer.
    pub(crate) fn asks(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        self.says(&modern(self.last_id, method, params));
        let answer = self.hears();
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    /// A session of an older revision: the answer to `initialize`.
    pub(crate) fn initialize(&mut self) -> Value {
        self.says(
            &json!({ "jsonrpc": "2.0", "id": "init", "method": "initialize", "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "test", "version": "0" },
            }}),
        );
        let answer = self.hears();
        self.says(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        answer
    }

    /// One request of an older revision, and its answer.
    pub(crate) fn asks_in_session(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        self.says(
            &json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }),
        );
        let answer = self.hears();
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    /// Closes standard input, and returns the exit code.
    pub(crate) fn ends(mut self) -> Option<i32> {
        drop(self.write.take());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Dialogue {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request of MCP 2026-07-28.
pub(crate) fn modern(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "0" },
    });
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The parameters of `tools/call`.
pub(crate) fn call(name: &str, arguments: Value) -> Value {
    json!({ "name": name, "arguments": arguments })
}

/// The arguments of `knowledge_write_knowledge` with this content.
pub(crate) fn entry(content: &str) -> Value {
    json!({ "content": content, "context": "tides harbour", "scope": "global:default" })
}

/// The parameters that find what [`entry`] wrote.
pub(crate) fn search() -> Value {
    call(
        "knowledge_get_task_context",
        json!({ "queries": ["tides harbour"], "scope": "global:default" }),
    )
}
