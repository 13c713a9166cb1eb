//! `genkan-conformance`, running on a free port of loopback.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// A running server; dropping it ends it.
pub(super) struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    pub(super) fn start() -> Result<Server> {
        let mut command = Command::new(workspace::binary("genkan-conformance"));
        process::forget_outer_cargo(&mut command);
        let mut child = command
            .args(["--bind", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("genkan-conformance did not start")?;
        let mut url = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut url)?;
        }
        let server = Server {
            child,
            url: url.trim().to_owned(),
        };
        if server.url.is_empty() {
            bail!("genkan-conformance ended before it listened");
        }
        Ok(server)
    }

    /// The address of its default profile.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
