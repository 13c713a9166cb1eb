//! A real Redis of one test's own, which can go away and come back.
//!
//! It listens on a socket in a folder of its own, so that no other test can take its place while it is
//! away. Nothing in it outlives a stop.

use std::{
    collections::BTreeMap,
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long it may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Redis, killed when dropped.
pub struct RedisServer {
    program: String,
    folder: TempDir,
    child: Child,
}

impl RedisServer {
    /// Starts the program that `GENKAN_TEST_REDIS` names; `None`, with a message, without one.
    pub fn start() -> Option<Self> {
        let Ok(program) = std::env::var("GENKAN_TEST_REDIS") else {
            eprintln!("skipped: GENKAN_TEST_REDIS is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let child = spawn(&program, &folder);
        Some(Self {
            program,
            folder,
            child,
        })
    }

    /// The value of `redis.url`.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", socket(&self.folder))
    }

    /// Everything that lies in it now, by its name.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let mut connection = self.connect();
        let names = redis::cmd("KEYS").arg("*").query(&mut connection);
        let names: Vec<String> = names.unwrap();
        let value = |name: String| {
            let value = redis::cmd("GET").arg(&name).query(&mut connection);
            let value: Option<Vec<u8>> = value.unwrap();
            Some((name, value?))
        };
        names.into_iter().filter_map(value).collect()
    }

    /// Lays something else there.
    pub fn lay(&self, name: &str, value: &[u8]) {
        let mut command = redis::cmd("SET");
        command.arg(name).arg(value);
        command.exec(&mut self.connect()).unwrap();
    }

    /// Takes it away.
    pub fn take(&self, name: &str) {
        let mut command = redis::cmd("DEL");
        command.arg(name).exec(&mut self.connect()).unwrap();
    }

    /// Refuses everything that needs memory, from now on.
    pub fn be_full(&self) {
        let mut command = redis::cmd("CONFIG");
        command.arg("SET").arg("maxmemory").arg(1);
        command.exec(&mut self.connect()).unwrap();
    }

    /// Leaves everything that might write unanswered, until [`Self::answer_again`].
    pub fn hold_writes(&self) {
        let mut command = redis::cmd("CLIENT");
        command.arg("PAUSE").arg(600_000).arg("WRITE");
        command.exec(&mut self.connect()).unwrap();
    }

    /// Ends [`Self::hold_writes`].
    pub fn answer_again(&self) {
        let mut command = redis::cmd("CLIENT");
        command.arg("UNPAUSE").exec(&mut self.connect()).unwrap();
    }

    /// Lets it hang: it takes connections, and says nothing until [`Self::go_on`].
    pub fn hang(&self) {
        self.signal("STOP");
    }

    /// Ends [`Self::hang`].
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let line = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &line]).status().unwrap();
        assert!(sent.success(), "{line}");
    }

    fn connect(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).unwrap();
        client.get_connection().unwrap()
    }

    /// Ends it as a crash would.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let _ = std::fs::remove_file(socket(&self.folder));
    }

    /// Starts it anew, empty.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.program, &self.folder);
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn socket(folder: &TempDir) -> String {
    folder.path().join("redis").to_str().unwrap().to_owned()
}

/// Starts a server that keeps nothing, and waits until it takes connections.
fn spawn(program: &str, folder: &TempDir) -> Child {
    let mut child = Command::new(program)
        .args(["--port", "0", "--unixsocket", &socket(folder)])
        .args(["--save", "", "--appendonly", "no", "--dir"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while UnixStream::connect(socket(folder)).is_err() {
        assert_eq!(
            child.try_wait().unwrap(),
            None,
            "Redis ended while it started"
        );
        assert!(start.elapsed() < PATIENCE, "Redis was not there in time");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}
