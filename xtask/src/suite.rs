//! Runs the tests of the workspace where they are safe and repeatable: with a
//! PostgreSQL of their own, the `GENKAN_TEST_*` variables, and the network cut
//! off but for loopback. Shared by the gate and by the soak runs.

mod isolation;
mod totals;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::{process, say, workspace};
use isolation::Isolation;
pub(crate) use totals::Totals;

/// What one run of tests came to.
pub(crate) struct Outcome {
    pub(crate) totals: Totals,
    pub(crate) succeeded: bool,
}

/// Where and how tests are run.
pub(crate) struct Suite {
    /// A copy of this program: a build may replace the original at any time.
    ourselves: PathBuf,
    isolation: Option<Isolation>,
}

impl Suite {
    /// Finds out how far tests can be isolated here, and says so if they cannot.
    pub(crate) fn prepare() -> Result<Suite> {
        let folder = workspace::target().join("xtask");
        std::fs::create_dir_all(&folder)?;
        let (fresh, ourselves) = (folder.join("suite.new"), folder.join("suite"));
        // Renamed into place, since a copy that still runs cannot be written to.
        std::fs::copy(std::env::current_exe()?, &fresh)
            .and_then(|_| std::fs::rename(&fresh, &ourselves))
            .context("cannot copy this program aside")?;
        let isolation = Isolation::find();
        if isolation.is_none() {
            say::warn("the network cannot be cut off here (no network namespaces); tests go on");
        }
        Ok(Suite {
            ourselves,
            isolation,
        })
    }

    /// Runs the tests under nextest, or under cargo alone where it is missing.
    pub(crate) fn tests(
        &self,
        profile: &str,
        filter: Option<&str>,
        variables: &[(&str, String)],
    ) -> Result<Outcome> {
        let mut words = vec!["cargo"];
        if has_nextest() {
            words.extend(["nextest", "run", "--workspace", "--profile", profile]);
            if let Some(filter) = filter {
                words.extend(["--filterset", filter]);
            }
        } else {
            say::warn("cargo-nextest is not installed: filters and profiles do not apply");
            words.extend([
                "test",
                "--workspace",
                "--lib",
                "--bins",
                "--tests",
                "--no-fail-fast",
            ]);
        }
        let ourselves = self.ourselves.as_os_str();
        let mut command = self.isolated(ourselves);
        command.args(["env", "--own", "--"]).args(words);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        watch(command)
    }

    /// Runs the examples in the documentation.
    pub(crate) fn doctests(&self) -> Result<Outcome> {
        let mut command = self.isolated("cargo".as_ref());
        command.args(["test", "--workspace", "--doc", "--no-fail-fast"]);
        watch(command)
    }

    /// Runs the conformance suite of MCP on what the gate has built. Returns whether it passed.
    pub(crate) fn conformance(&self) -> Result<bool> {
        let mut command = self.isolated(self.ourselves.as_os_str());
        let status = command.args(["conformance", "--no-build"]).status();
        Ok(status
            .context("the conformance suite did not start")?
            .success())
    }

    fn isolated(&self, program: &std::ffi::OsStr) -> Command {
        let mut command = match &self.isolation {
            Some(isolation) => isolation.command(program),
            None => Command::new(program),
        };
        process::forget_outer_cargo(&mut command);
        command
            .current_dir(workspace::root())
            .env("CARGO_NET_OFFLINE", "true");
        command
    }
}

/// Whether nextest is installed.
pub(crate) fn has_nextest() -> bool {
    process::capture(process::cargo().args(["nextest", "--version"])).is_ok()
}

/// Runs the command with its output shown, and counts the tests it tells of.
fn watch(mut command: Command) -> Result<Outcome> {
    if say::has_colours() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the tests did not start")?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let totals = std::thread::scope(|scope| {
        let output = scope.spawn(|| pass_on(output));
        pass_on(errors) + output.join().expect("BUG: reading a pipe panicked")
    });
    let status = child.wait().context("the tests cannot be waited for")?;
    Ok(Outcome {
        totals,
        succeeded: status.success(),
    })
}

/// Shows each line as it comes; both pipes go to standard error, so that
/// standard output ends with the totals alone.
fn pass_on(pipe: Option<impl Read>) -> Totals {
    let mut totals = Totals::default();
    let Some(pipe) = pipe else { return totals };
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while matches!(reader.read_until(b'\n', &mut line), Ok(length) if length > 0) {
        let text = String::from_utf8_lossy(&line);
        eprint!("{text}");
        totals += totals::of_line(&text);
        line.clear();
    }
    totals
}
