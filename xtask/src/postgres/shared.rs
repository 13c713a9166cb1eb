//! A server that stays between commands of one checkout: the first command
//! starts it, later ones find it, `cargo xtask env --stop` ends it.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Installation;
use crate::{process, say, workspace};

/// The address of the running server, which is started if need be.
pub(crate) fn url() -> Result<String> {
    let _lock = lock()?;
    let installation = Installation::find()?;
    let folder = folder();
    if folder.exists() {
        if !installation.owns(&folder)? {
            bail!(
                "{} is not ours; remove it, then try again",
                folder.display()
            );
        }
        if let Some(port) = running_port(&installation, &folder) {
            return Ok(super::url(port));
        }
        discard(&installation, &folder)?;
    }
    say::step("starting a scratch PostgreSQL; it stays until `cargo xtask env --stop`");
    installation.make_folder(&folder)?;
    installation.initialise(&folder)?;
    let port = super::free_port()?;
    process::capture(
        installation
            .command("pg_ctl")
            .args(["start", "--wait", "--silent", "-D"])
            .arg(folder.join("data"))
            .arg("-l")
            .arg(folder.join("log"))
            .arg("-o")
            .arg(Installation::settings(&folder, port).join(" ")),
    )
    .with_context(|| format!("its log ends:\n{}", super::log_tail(&folder)))?;
    Ok(super::url(port))
}

/// Stops the server and removes its folder; false if there was none.
pub(crate) fn stop() -> Result<bool> {
    let _lock = lock()?;
    let installation = Installation::find()?;
    let folder = folder();
    if !folder.exists() || !installation.owns(&folder)? {
        return Ok(false);
    }
    let running = running_port(&installation, &folder).is_some();
    discard(&installation, &folder)?;
    Ok(running)
}

/// Stops whatever still runs in the folder, then removes it.
fn discard(installation: &Installation, folder: &Path) -> Result<()> {
    let stopped = process::capture(
        installation
            .command("pg_ctl")
            .args(["stop", "--wait", "--silent", "--mode=immediate", "-D"])
            .arg(folder.join("data")),
    );
    if stopped.is_err() && running_port(installation, folder).is_some() {
        bail!("PostgreSQL in {} does not stop", folder.display());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// The port in the server's own note of itself, if the server answers there.
fn running_port(installation: &Installation, folder: &Path) -> Option<u16> {
    let note = std::fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    let port = note.lines().nth(3)?.trim().parse().ok()?;
    installation.is_ready(port).then_some(port)
}

/// One folder per checkout, short: it also holds the server's socket, whose
/// path the system limits to about a hundred characters.
fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    workspace::root().hash(&mut hasher);
    std::env::temp_dir().join(format!("genkan-postgres-{:016x}", hasher.finish()))
}

/// Held while two commands might start the same server.
fn lock() -> Result<File> {
    let folder = workspace::target();
    std::fs::create_dir_all(&folder)?;
    let file = File::create(folder.join("xtask-postgres.lock"))?;
    file.lock().context("cannot lock the start of PostgreSQL")?;
    Ok(file)
}
