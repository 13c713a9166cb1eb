//! A real PostgreSQL for the tests: in a scratch folder, on 127.0.0.1 at a free
//! port, with the durability settings of production and no password, since it
//! holds nothing and dies with the tests.
//!
//! The server refuses to run as root, so under root it runs as the `postgres`
//! user that its package makes.

pub(crate) mod scratch;
pub(crate) mod shared;

use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;

/// Closes what the caller of this command had open beyond the standard streams, then becomes the program:
/// a server that stays must not keep somebody's lock, or the end of somebody's pipe.
const CLOSING: &str = "for file in /dev/fd/*; do fd=${file##*/}; \
    if [ \"$fd\" -gt 2 ]; then eval \"exec $fd>&-\"; fi; done; exec \"$0\" \"$@\"";

/// The oldest PostgreSQL that Genkan supports.
const OLDEST_MAJOR: u32 = 15;

/// Whether there is one that the tests can use.
pub(crate) fn is_installed() -> bool {
    find_programs().is_some()
}

/// The programs of one installed PostgreSQL, and the user that runs them.
struct Installation {
    programs: PathBuf,
    /// Absent when we are not root and run them ourselves.
    user: Option<String>,
}

impl Installation {
    fn find() -> Result<Installation> {
        let programs = find_programs().context(
            "no PostgreSQL 15 or newer was found; install it (Debian: `apt-get install postgresql \
             postgresql-contrib`) or run `cargo xtask test`, which does",
        )?;
        let user = is_root()?.then(|| "postgres".to_owned());
        Ok(Installation { programs, user })
    }

    /// A program of PostgreSQL, run as the user that may run it.
    fn command(&self, program: &str) -> Command {
        self.wrapped(program, &[])
    }

    /// The same, and the program is told to stop when we die, however we die.
    fn dying_with_us(&self, program: &str) -> Command {
        if process::find("setpriv").is_none() {
            return self.command(program);
        }
        self.wrapped(program, &["--pdeathsig", "INT"])
    }

    fn wrapped(&self, program: &str, options: &[&str]) -> Command {
        let file = self.programs.join(program);
        let mut command = match (&self.user, options) {
            (None, []) => closing(&file),
            (user, _) => {
                let mut command = closing(Path::new("setpriv"));
                if let Some(user) = user {
                    command.args(["--reuid", user, "--regid", user, "--init-groups"]);
                }
                command.args(options).arg("--").arg(&file);
                command
            }
        };
        // It looks for a home folder and a working folder that it may read.
        command.current_dir("/").env("HOME", "/");
        command
    }

    /// Makes the folder that a server lives in, readable by its user alone.
    fn make_folder(&self, folder: &Path) -> Result<()> {
        let subject = || format!("cannot make {}", folder.display());
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(folder)
            .with_context(subject)?;
        if let Some(user) = &self.user {
            let (uid, gid) = (id(&["-u", user])?, id(&["-g", user])?);
            std::os::unix::fs::chown(folder, Some(uid), Some(gid)).with_context(subject)?;
        }
        Ok(())
    }

    /// Whether a folder is one that [`Self::make_folder`] made, and not one that
    /// somebody else put in its place.
    fn owns(&self, folder: &Path) -> Result<bool> {
        let uid = match &self.user {
            Some(user) => id(&["-u", user])?,
            None => id(&["-u"])?,
        };
        let metadata = std::fs::symlink_metadata(folder)
            .with_context(|| format!("cannot look at {}", folder.display()))?;
        Ok(metadata.is_dir() && metadata.uid() == uid)
    }

    fn initialise(&self, folder: &Path) -> Result<()> {
        let data = folder.join("data");
        process::capture(
            self.command("initdb")
                .arg("-D")
                .arg(&data)
                .args([
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--no-sync",
                ])
                .args(["--locale=C.UTF-8", "--no-instructions"]),
        )?;
        Ok(())
    }

    /// The server's settings, as arguments of `postgres`.
    fn settings(folder: &Path, port: u16) -> Vec<String> {
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", folder.display()),
            "max_connections=200".to_owned(),
            "timezone=UTC".to_owned(),
        ];
        settings
            .into_iter()
            .flat_map(|setting| ["-c".to_owned(), setting])
            .collect()
    }

    /// Waits until the server takes connections.
    fn wait_until_ready(&self, port: u16, mut alive: impl FnMut() -> Result<bool>) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(60) {
            if self.is_ready(port) {
                return Ok(());
            }
            if !alive()? {
                bail!("PostgreSQL ended while it started");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("PostgreSQL was not ready after 60 seconds")
    }

    fn is_ready(&self, port: u16) -> bool {
        let port = port.to_string();
        let mut command = self.command("pg_isready");
        command.args(["-q", "-h", "127.0.0.1", "-p", &port, "-t", "2"]);
        process::capture(&mut command).is_ok()
    }
}

/// A program that keeps nothing open of ours. The plain shell cannot close numbers of two digits.
fn closing(program: &Path) -> Command {
    match process::find("bash") {
        None => Command::new(program),
        Some(bash) => {
            let mut command = Command::new(bash);
            command.args(["-c", CLOSING]).arg(program);
            command
        }
    }
}

/// The address that tests get; the superuser, since they make databases and roles.
fn url(port: u16) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/postgres")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

/// The last lines of a server's log, for an error message.
fn log_tail(folder: &Path) -> String {
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}

/// Whether we are the superuser of this machine.
pub(crate) fn is_root() -> Result<bool> {
    Ok(id(&["-u"])? == 0)
}

fn id(arguments: &[&str]) -> Result<u32> {
    let text = process::capture(Command::new("id").args(arguments))?;
    text.trim()
        .parse()
        .with_context(|| format!("`id` printed `{}`", text.trim()))
}

/// The newest installation: Debian's folders first, then the search path.
fn find_programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        if let Ok(major) = entry.file_name().to_string_lossy().parse() {
            found.push((major, entry.path().join("bin")));
        }
    }
    // Canonical, since a link to one program has not the others beside it.
    if let Some(program) = process::find("postgres").and_then(|file| file.canonicalize().ok())
        && let Ok(text) = process::capture(Command::new(&program).arg("--version"))
        && let Some(major) = parse_major(&text)
        && let Some(folder) = program.parent()
    {
        found.push((major, folder.to_owned()));
    }
    found.retain(|(major, folder)| {
        let needed = ["initdb", "pg_ctl", "pg_isready", "postgres"];
        *major >= OLDEST_MAJOR && needed.iter().all(|program| folder.join(program).is_file())
    });
    found.into_iter().max().map(|(_, folder)| folder)
}

/// The major version in `postgres (PostgreSQL) 15.18 (Debian …)`.
fn parse_major(text: &str) -> Option<u32> {
    let word = text.split_whitespace().nth(2)?;
    word.split(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_has_open_is_closed_for_a_server() {
        let opened = "exec 9</dev/null 42</dev/null; exec \"$0\" \"$@\"";
        let listed = |between: Command| {
            let mut command = Command::new("bash");
            command.args(["-c", opened]).arg(between.get_program());
            command.args(between.get_args()).arg("/dev/fd/");
            process::capture(&mut command).unwrap()
        };
        let is_open = |listed: &str, fd| listed.split_whitespace().any(|word| word == fd);
        let kept = listed(Command::new("ls"));
        assert!(is_open(&kept, "9") && is_open(&kept, "42"), "{kept}");
        let left = listed(closing(Path::new("ls")));
        assert!(!is_open(&left, "9") && !is_open(&left, "42"), "{left}");
    }
}
