//! A built binary on a data folder of its own, driven as a person at a terminal and as a client would.

mod dialogue;
pub mod http;
mod messages;
mod server;

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::wire::Judge;

pub use dialogue::Dialogue;
pub use messages::{call, entry, modern, search};
pub use server::Server;

/// Where the counters of `cargo xtask soak coverage` go; the only variable that a binary inherits.
const COUNTERS: &str = "LLVM_PROFILE_FILE";

/// A folder that holds a home and a data folder, and the binary that works on it.
#[derive(Clone)]
pub struct Binary {
    executable: PathBuf,
    root: Arc<TempDir>,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code, absent after a signal.
    pub code: Option<i32>,
    /// All of standard output.
    pub out: String,
    /// All of standard error.
    pub err: String,
}

impl Ended {
    /// Standard output as one JSON value.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// Fails unless the command did what was asked.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

impl Binary {
    /// The executable in a fresh home without a data folder yet.
    pub fn new(executable: impl Into<PathBuf>) -> Self {
        Self {
            executable: executable.into(),
            root: Arc::new(tempfile::tempdir().unwrap()),
            environment: Vec::new(),
        }
    }

    /// The same with one variable of the environment more.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The home, which the data folder lies in.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A file of the data folder.
    pub fn data(&self, name: &str) -> PathBuf {
        self.root.path().join("data").join(name)
    }

    /// The command with a clean environment.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(&self.executable);
        command
            .env_clear()
            .env("HOME", self.root.path())
            .env("GENKAN_DATA_DIR", self.root.path().join("data"))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.root.path())
            .args(arguments)
            .stdin(Stdio::null());
        if let Some(counters) = std::env::var_os(COUNTERS) {
            command.env(COUNTERS, counters);
        }
        command
    }

    /// Runs a command to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on any free port and waits until it says that it listens.
    pub fn serve(&self) -> Server {
        self.serve_on("127.0.0.1:0", &[])
    }

    /// Starts a server on this address with more arguments.
    pub fn serve_on(&self, bind: &str, more: &[&str]) -> Server {
        let arguments = ["serve", "--bind", bind, "--json"]
            .into_iter()
            .chain(more.iter().copied());
        self.started(self.command(arguments))
    }

    /// Starts a server through another program, which is given the command line of the server.
    pub fn serve_through(&self, program: &[&str]) -> Server {
        let serve = ["serve", "--bind", "127.0.0.1:0", "--json"];
        let own = self.command(serve);
        let mut command = Command::new(program[0]);
        command
            .env_clear()
            .envs(
                own.get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            // What finds the programs that a shell runs.
            .env("PATH", "/usr/bin:/bin")
            .args(&program[1..])
            .arg(own.get_program())
            .args(own.get_args())
            .stdin(Stdio::null());
        self.started(command)
    }

    /// Starts a server whose log goes into the file `log` of its home.
    #[cfg(unix)]
    pub fn serve_logging(&self) -> Server {
        self.serve_through(&["/bin/sh", "-c", "exec \"$0\" \"$@\" 2> \"$HOME/log\""])
    }

    /// Every line of that log, which is JSON.
    #[cfg(unix)]
    pub fn log_lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.root().join("log")).unwrap();
        // The last one may be on its way.
        let whole = text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let parsed = whole
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
        parsed.collect()
    }

    fn started(&self, mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
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
    pub fn stdio(&self, more: &[&str]) -> Dialogue {
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
            judge: Judge::default(),
            _root: Arc::clone(&self.root),
        }
    }
}
