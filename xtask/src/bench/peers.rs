//! Installs the peers that are not of Rust, into folders that are never committed. One that cannot
//! be installed, for want of a network or of its language, is left out of the benchmark.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{process, say, workspace};

/// A Python with FastMCP.
pub(super) fn python() -> Result<PathBuf> {
    let (folder, sources) = (folder("bench-python"), sources("python"));
    install(&folder, &[sources.join("requirements.txt")], || {
        process::capture(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let words = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        process::capture(
            Command::new(folder.join("bin/python"))
                .args(words)
                .args(["--no-input", "--no-deps", "--requirement"])
                .arg(sources.join("requirements.txt")),
        )
    })?;
    Ok(folder.join("bin/python"))
}

/// Node, and the folder with the TypeScript SDK and the script that uses it.
pub(super) fn node() -> Result<(PathBuf, PathBuf)> {
    let (folder, sources) = (folder("bench-node"), sources("node"));
    let names = [
        "package.json",
        "package-lock.json",
        ".npmrc",
        "typescript_echo.mjs",
    ];
    install(&folder, &names.map(|name| sources.join(name)), || {
        for name in names {
            std::fs::copy(sources.join(name), folder.join(name))?;
        }
        process::capture(
            Command::new("npm")
                .args(["ci", "--loglevel=error"])
                .current_dir(&folder),
        )
    })?;
    Ok((folder.join("node_modules/node/bin/node"), folder))
}

fn folder(name: &str) -> PathBuf {
    workspace::tools().join(name)
}

fn sources(name: &str) -> PathBuf {
    workspace::root().join("bench/peers").join(name)
}

/// Installs anew unless the folder notes that it was installed from these very files. The note is
/// written last, so that a broken installation is not taken for a whole one.
fn install(
    folder: &Path,
    files: &[PathBuf],
    install: impl FnOnce() -> Result<String>,
) -> Result<()> {
    let mut wanted = String::new();
    for file in files {
        let text = std::fs::read_to_string(file);
        wanted.push_str(&text.with_context(|| format!("cannot read {}", file.display()))?);
    }
    let note = folder.join(".installed-from");
    if std::fs::read_to_string(&note).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    say::step(&format!("installing into {}", folder.display()));
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    install()?;
    Ok(std::fs::write(note, wanted)?)
}
