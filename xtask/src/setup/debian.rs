//! The packages of the operating system that the tests need. On Debian and its
//! kin they are installed, elsewhere they are named.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{postgres, process, say};

/// Something that the tests need from the operating system.
struct Need {
    what: &'static str,
    is_met: fn() -> bool,
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    Need {
        what: "PostgreSQL 15 or newer",
        is_met: postgres::is_installed,
        packages: &["postgresql", "postgresql-contrib"],
    },
    Need {
        what: "python3 with venv",
        is_met: has_python,
        packages: &["python3", "python3-venv"],
    },
    Need {
        what: "npm",
        is_met: || process::find("npm").is_some(),
        packages: &["nodejs", "npm"],
    },
    Need {
        what: "prometheus and promtool",
        is_met: || {
            ["prometheus", "promtool"]
                .map(process::find)
                .iter()
                .all(Option::is_some)
        },
        packages: &["prometheus"],
    },
    Need {
        what: "redis-server",
        is_met: || process::find("redis-server").is_some(),
        packages: &["redis-server"],
    },
    Need {
        what: "shellcheck",
        is_met: || process::find("shellcheck").is_some(),
        packages: &["shellcheck"],
    },
    Need {
        what: "docker-compose",
        is_met: || process::find("docker-compose").is_some(),
        packages: &["docker-compose"],
    },
    Need {
        what: "valgrind",
        is_met: || !counts_here() || process::find("valgrind").is_some(),
        packages: &["valgrind"],
    },
];

/// Installs what is missing, or says what to install.
pub(super) fn install_missing() -> Result<()> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_met)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    let names = names.join(", ");
    if process::find("apt-get").is_none() {
        bail!("please install what is missing here: {names}");
    }
    say::step(&format!("installing {names}"));
    process::run(apt()?.args(["update", "--quiet=2"]))?;
    process::run(
        apt()?
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .args(missing.iter().flat_map(|need| need.packages)),
    )?;
    match missing.iter().find(|need| !(need.is_met)()) {
        None => Ok(()),
        Some(need) => bail!("{} is still missing after the installation", need.what),
    }
}

/// Whether instructions are counted: recorded are those of one kind of processor and system.
fn counts_here() -> bool {
    cfg!(target_arch = "x86_64") && process::find("apt-get").is_some()
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
