//! `cargo xtask conformance`: runs the official conformance suite of MCP
//! against `genkan-conformance`, over loopback.
//!
//! What fails must stand in `conformance/expected-failures.txt`, and what
//! stands there must fail; the aim is an empty file. The gate runs this cut off
//! from the network.

mod checks;
mod expected;
mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};

use crate::soak::evidence;
use crate::{environment, process, say, workspace};
use checks::{Checks, Counts};
use server::Server;

/// Run the MCP conformance suite against the fixtures.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Take the binary as it was built before.
    #[arg(long)]
    no_build: bool,
    /// Keep the counts in docs/evidence.md.
    #[arg(long)]
    record: bool,
}

/// One run of the suite.
struct Run {
    name: &'static str,
    words: &'static [&'static str],
    /// Fewer scenarios than this mean that something was left out.
    least: usize,
}

const RUNS: &[Run] = &[
    Run {
        name: "2025-11-25",
        words: &["--requirements", "2025-11-25"],
        least: 33,
    },
    Run {
        name: "2026-07-28",
        words: &["--requirements", "2026-07-28"],
        least: 50,
    },
    Run {
        name: "2025-06-18",
        words: &["--suite", "all", "--spec-version", "2025-06-18"],
        least: 27,
    },
    // The requirements of the revision leave these out.
    Run {
        name: "skills-enumeration",
        words: &["--scenario", "sep-2640-skills-enumeration"],
        least: 1,
    },
    Run {
        name: "skills-directory",
        words: &["--scenario", "sep-2640-skills-directory"],
        least: 1,
    },
    Run {
        name: "skills-manifest",
        words: &["--scenario", "sep-2640-skills-manifest"],
        least: 1,
    },
];

/// Runs everything and compares what failed with what is expected to fail.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if !arguments.no_build {
        let words = ["build", "--locked", "--package", "genkan-testkit"];
        process::run(
            process::cargo()
                .args(words)
                .args(["--bin", "genkan-conformance"]),
        )?;
    }
    let expected = expected::read()?;
    let server = Server::start()?;
    let mut all = Checks::default();
    let mut table = String::from("| run | scenarios | passed | failed | warnings | skipped |\n");
    table.push_str("|---|---|---|---|---|---|\n");
    for run in RUNS {
        let checks = run.of(server.url())?;
        let Counts {
            scenarios,
            passed,
            failed,
            warnings,
            skipped,
        } = checks.counts();
        let name = run.name;
        writeln!(
            table,
            "| {name} | {scenarios} | {passed} | {failed} | {warnings} | {skipped} |"
        )?;
        all.extend(checks);
    }
    drop(server);
    println!("{table}");
    let faults = expected.compare(&all);
    for fault in &faults {
        say::bad(fault);
    }
    if arguments.record {
        record(&table)?;
    }
    Ok(if faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Run {
    /// Runs it; the suite's own words are shown only when it cannot run.
    fn of(&self, url: &str) -> Result<Checks> {
        say::step(&format!("conformance with MCP {}", self.name));
        let folder = workspace::target().join("conformance").join(self.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("cannot remove the results before")?;
        }
        std::fs::create_dir_all(&folder).context("cannot make a folder for results")?;
        let log = std::fs::File::create(folder.join("log.txt"))?;
        let status = Command::new(environment::node())
            .arg(suite())
            .args(["server", "--url", url])
            .args(self.words)
            .arg("-o")
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .context("the suite did not start")?;
        let checks = Checks::read(self.name, &folder)?;
        let found = checks.counts().scenarios;
        let log = folder.join("log.txt");
        ensure!(
            found >= self.least,
            "{found} scenarios ran instead of {} ({status}); see {}",
            self.least,
            shown(&log)
        );
        Ok(checks)
    }
}

fn suite() -> std::path::PathBuf {
    environment::node_modules().join("@modelcontextprotocol/conformance/dist/index.js")
}

fn shown(path: &Path) -> String {
    let inside = path.strip_prefix(workspace::root()).unwrap_or(path);
    inside.display().to_string()
}

fn record(table: &str) -> Result<()> {
    let git = |words: &[&str]| process::capture(Command::new("git").args(words));
    let commit = git(&["rev-parse", "--short", "HEAD"])?;
    let date = git(&["show", "--no-patch", "--format=%cs", "HEAD"])?;
    let (commit, date) = (commit.trim(), date.trim());
    let text = format!(
        "### Conformance\n\nThe official suite, 0.2.0-alpha.12, against `genkan-conformance`; the \
         unscored scenarios count as well. Written by `cargo xtask conformance --record`; every \
         gate runs it.\n\n{date}, commit {commit}:\n\n{table}"
    );
    evidence::put("conformance", &text)
}
