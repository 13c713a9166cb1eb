//! What operators install: the image, the compositions, the scripts and the unit of systemd, each
//! held against the program that knows its language. None of these needs a daemon or a network.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, say, workspace};

/// The most that systemd may find exposed, in tenths: 10 is everything.
const EXPOSURE: &str = "--threshold=20";

/// Runs every check and tells of all that failed.
pub(super) fn check() -> Result<bool> {
    let mut all_well = true;
    for (what, result) in [
        ("Dockerfile", dockerfile()),
        ("deploy/compose", compositions()),
        ("scripts", scripts()),
        ("deploy/systemd", units()),
    ] {
        match result {
            Ok(()) => say::good(what),
            Err(error) => {
                say::bad(&format!("{what}: {error:#}"));
                all_well = false;
            }
        }
    }
    Ok(all_well)
}

fn dockerfile() -> Result<()> {
    let hadolint = workspace::tools().join("python/bin/hadolint");
    at_root(Command::new(hadolint).arg("Dockerfile"))
}

fn compositions() -> Result<()> {
    for name in ["one.yml", "team.yml"] {
        let file = Path::new("deploy/compose").join(name);
        at_root(
            Command::new("docker-compose")
                .arg("-f")
                .arg(file)
                .args(["config", "--quiet"]),
        )?;
    }
    Ok(())
}

fn scripts() -> Result<()> {
    let list = Command::new("git")
        .current_dir(workspace::root())
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.sh",
            ".ci/run",
        ])
        .output()?;
    let list = String::from_utf8(list.stdout)?;
    at_root(Command::new("shellcheck").args(list.lines()))
}

/// The unit, with the built binary where the installed one would be: systemd looks whether it is there.
fn units() -> Result<()> {
    if process::find("systemd-analyze").is_none() {
        say::warn("systemd-analyze is not here: nobody looked at deploy/systemd");
        return Ok(());
    }
    let source = workspace::root().join("deploy/systemd");
    let scratch = workspace::target().join("xtask/systemd");
    std::fs::create_dir_all(&scratch)?;
    let ours = workspace::binary("genkan").display().to_string();
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&source).context("cannot list deploy/systemd")? {
        let path = entry?.path();
        let name = path.file_name().context("BUG: a file has a name")?;
        if path
            .extension()
            .is_some_and(|kind| kind == "service" || kind == "socket")
        {
            let text = std::fs::read_to_string(&path)?;
            let copy = scratch.join(name);
            std::fs::write(&copy, text.replace("/usr/local/bin/genkan", &ours))?;
            files.push(copy);
        }
    }
    at_root(
        Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .args(&files),
    )?;
    let services = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "service"));
    at_root(
        Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--no-pager", EXPOSURE])
            .args(services),
    )
}

fn at_root(command: &mut Command) -> Result<()> {
    process::capture(command.current_dir(workspace::root())).map(drop)
}
