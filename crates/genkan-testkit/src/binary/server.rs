//! A server in a process of its own.

use std::{
    io::BufReader,
    process::{Child, ChildStdout, Command},
    sync::Arc,
};

use serde_json::Value;
use tempfile::TempDir;

use super::{http, modern};

/// A running server, killed when dropped.
pub struct Server {
    /// The process.
    pub child: Child,
    /// The line that it printed when it listened.
    pub told: Value,
    pub(super) _out: BufReader<ChildStdout>,
    pub(super) _root: Arc<TempDir>,
}

impl Server {
    /// `127.0.0.1:…`.
    pub fn address(&self) -> &str {
        self.told["address"].as_str().unwrap()
    }

    /// The key of the first admin.
    pub fn admin_key(&self) -> String {
        let path = self.told["admin_key_file"].as_str().unwrap();
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    /// `GET`, with a key or without.
    pub fn get(&self, path: &str, key: Option<&str>) -> http::Answer {
        http::get(self.address(), path, key)
    }

    /// One request of MCP 2026-07-28.
    pub fn mcp(&self, key: &str, method: &str, params: Value) -> http::Answer {
        http::mcp(self.address(), "/mcp", key, &modern(1, method, params))
    }

    /// Asks it to end, and returns its exit code.
    #[cfg(unix)]
    pub fn terminate(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    /// Sends it the signal of this name.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let line = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &line]).status().unwrap();
        assert!(sent.success(), "{line}");
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
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
