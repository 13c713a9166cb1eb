//! Starts a server, learns its address from what it prints, and ends it whatever happens.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::sync_channel,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; dropped, it is ended.
pub struct Server {
    child: Child,
    /// Where it listens: a loopback address.
    pub address: SocketAddr,
    /// How long it took from its start until it said so.
    pub started_in: Duration,
    log: PathBuf,
}

impl Server {
    /// Starts the program. It must print a line with its address, `127.0.0.1:<port>`.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let errors = File::create(log).with_context(|| format!("cannot make {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let begun = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("`{shown}` did not start"))?;
        let output = child.stdout.take().context("a pipe was asked for")?;
        let (sender, receiver) = sync_channel(1);
        // Reads to the end, so that the server never waits for a reader.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(address) = address_in(&line) {
                    let _ = sender.try_send((address, Instant::now()));
                }
            }
        });
        let told = receiver.recv_timeout(PATIENCE);
        let mut server = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            started_in: Duration::ZERO,
            log: log.to_owned(),
        };
        let Ok((address, at)) = told else {
            bail!(
                "`{shown}` told no address; its log ends:\n{}",
                server.last_words()
            );
        };
        ensure!(
            address.ip().is_loopback(),
            "`{shown}` listens on {address}, beyond loopback"
        );
        server.address = address;
        server.started_in = at.duration_since(begun);
        Ok(server)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Fails if it has ended, with the end of its log.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!(
                "it ended with {status}; its log ends:\n{}",
                self.last_words()
            ),
        }
    }

    /// The end of what it wrote to standard error.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that dies with this process, however that dies, where the system can do so.
pub fn command(program: &Path) -> Command {
    let has_setpriv = ["/usr/bin/setpriv", "/bin/setpriv"]
        .iter()
        .any(|file| Path::new(file).is_file());
    if !has_setpriv {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

/// The address in a line such as `http://127.0.0.1:4711/mcp`, wherever it points.
fn address_in(line: &str) -> Option<SocketAddr> {
    line.split("http://").skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_hexdigit() || "[].:".contains(c)));
        rest[..end.unwrap_or(rest.len())].parse().ok()
    })
}

#[cfg(test)]
mod tests;
