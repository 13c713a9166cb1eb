//! The packages of the operating system that the tests need. On Debian and its
//! kin they are installed, elsewhere they are named.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{postgres, process, say};

/// A need, how to see that it is met, and the packages that meet it.
const NEEDS: &[(&str, fn() -> bool, &[&str])] = &[
    (
        "PostgreSQL 15 or newer",
        postgres::is_installed,
        &["postgresql", "postgresql-contrib"],
    ),
    (
        "python3 with venv",
        has_python,
        &["python3", "python3-venv"],
    ),
    ("npm", || process::find("npm").is_some(), &["nodejs", "npm"]),
];

/// Installs what is missing, or says what to install.
pub(super) fn install_missing() -> Result<()> {
    let missing: Vec<_> = NEEDS.iter().filter(|(_, is_met, _)| !is_met()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let needs: Vec<_> = missing.iter().map(|(need, _, _)| *need).collect();
    let needs = needs.join(", ");
    let packages: Vec<_> = missing.iter().flat_map(|(_, _, names)| *names).collect();
    if process::find("apt-get").is_none() {
        bail!("please install what is missing here: {needs}");
    }
    say::step(&format!("installing {needs}"));
    process::run(apt()?.args(["update", "--quiet=2"]))?;
    process::run(
        apt()?
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .args(packages),
    )?;
    match NEEDS.iter().find(|(_, is_met, _)| !is_met()) {
        None => Ok(()),
        Some((need, _, _)) => bail!("{need} is still missing after the installation"),
    }
}

fn has_python() -> bool {
    let mut command = Command::new("python3");
    process::capture(command.args(["-c", "import ensurepip, venv"])).is_ok()
}

fn apt() -> Result<Command> {
    let mut command = if postgres::is_root()? {
        Command::new("apt-get")
    } else {
        let mut command = Command::new("sudo");
        command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
