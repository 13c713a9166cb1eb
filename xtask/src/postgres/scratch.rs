//! A server for one run: it starts empty, and stops and vanishes with the run,
//! also when the run is interrupted.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Installation;
use crate::{process, say};

const PREFIX: &str = "genkan-postgres-run-";

/// A running server; dropping it stops the server and removes its folder.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl Server {
    /// Starts an empty server.
    pub(crate) fn start() -> Result<Server> {
        Self::start_with(&[])
    }

    /// Starts an empty server with settings of PostgreSQL beside ours, such as `shared_buffers=1GB`.
    pub(crate) fn start_with(settings: &[&str]) -> Result<Server> {
        sweep();
        let installation = Installation::find()?;
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        installation.make_folder(&folder)?;
        installation.initialise(&folder)?;
        let port = super::free_port()?;
        let log = File::create(folder.join("log")).context("cannot make the server's log")?;
        let child = installation
            .dying_with_us("postgres")
            .arg("-D")
            .arg(folder.join("data"))
            .args(Installation::settings(&folder, port))
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("PostgreSQL did not start")?;
        let mut server = Server {
            child,
            folder,
            url: super::url(port),
        };
        installation
            .wait_until_ready(port, || Ok(server.child.try_wait()?.is_none()))
            .with_context(|| format!("its log ends:\n{}", super::log_tail(&server.folder)))?;
        Ok(server)
    }

    /// The address for `GENKAN_TEST_POSTGRES`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    fn stop(&mut self) -> Result<()> {
        // SIGINT: break off what clients still do, then shut down cleanly.
        let id = self.child.id().to_string();
        process::capture(Command::new("kill").args(["-INT", &id]))?;
        let start = Instant::now();
        while self.child.try_wait()?.is_none() {
            if start.elapsed() > Duration::from_secs(20) {
                self.child.kill()?;
                self.child.wait()?;
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            say::warn(&format!("PostgreSQL did not stop: {error}"));
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            say::warn(&format!("cannot remove {}: {error}", self.folder.display()));
        }
    }
}

/// Removes the folders of runs that were killed before they could.
fn sweep() {
    let entries = std::fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(id) = name.strip_prefix(PREFIX) else {
            continue;
        };
        if !Path::new("/proc").join(id).exists() && Path::new("/proc/self").exists() {
            // Another user's folder stays: it is theirs to sweep.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
