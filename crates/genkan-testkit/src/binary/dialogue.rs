//! A client of `genkan stdio`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout},
    sync::Arc,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::modern;
use crate::wire::{Judge, Speaker};

/// A `genkan stdio` and its client.
pub struct Dialogue {
    /// The process.
    pub child: Child,
    pub(super) write: Option<ChildStdin>,
    pub(super) read: BufReader<ChildStdout>,
    pub(super) last_id: u64,
    pub(super) judge: Judge,
    pub(super) _root: Arc<TempDir>,
}

impl Dialogue {
    /// Sends one line.
    pub fn says(&mut self, message: &Value) {
        self.judge.hear(Speaker::Client, message);
        let write = self.write.as_mut().unwrap();
        writeln!(write, "{message}").unwrap();
        write.flush().unwrap();
    }

    /// The next message, whatever it is. It must fit the official schema of its revision.
    pub fn hears_any(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(
            self.read.read_line(&mut line).unwrap(),
            0,
            "standard output ended"
        );
        let message = serde_json::from_str(&line).unwrap();
        self.judge.hear(Speaker::Server, &message);
        self.judge.acquit();
        message
    }

    /// The next answer.
    pub fn hears(&mut self) -> Value {
        loop {
            let message = self.hears_any();
            if message.get("method").is_none() {
                return message;
            }
        }
    }

    /// One request of MCP 2026-07-28, and its answer.
    pub fn asks(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        self.says(&modern(self.last_id, method, params));
        let answer = self.hears();
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    /// A session of an older revision: the answer to `initialize`.
    pub fn initialize(&mut self) -> Value {
        self.initialize_with("2025-11-25", json!({}))
    }

    /// The same with another revision and with capabilities.
    pub fn initialize_with(&mut self, revision: &str, capabilities: Value) -> Value {
        self.says(
            &json!({ "jsonrpc": "2.0", "id": "init", "method": "initialize", "params": {
                "protocolVersion": revision,
                "capabilities": capabilities,
                "clientInfo": { "name": "test", "version": "0" },
            }}),
        );
        let answer = self.hears();
        self.says(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        answer
    }

    /// One request of an older revision, and its answer.
    pub fn asks_in_session(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        self.says(
            &json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }),
        );
        let answer = self.hears();
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    /// Closes standard input, and returns the exit code.
    pub fn ends(mut self) -> Option<i32> {
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
