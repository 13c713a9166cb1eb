//! The data folder: what lies where, and who serves it.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use genkan_core::{Code, Error, Result};
use genkan_store::Location;
use serde::{Deserialize, Serialize};

use crate::{
    platform::{files, folders, lock::Lock},
    settings::{Environment, Settings},
};

/// The folder that holds everything Genkan keeps outside of a database server.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

impl DataFolder {
    /// `--data-dir`, else `GENKAN_DATA_DIR`, else the platform's folder. Touches nothing.
    pub(crate) fn locate(flag: Option<&Path>, environment: &Environment) -> Result<Self> {
        let path = flag
            .map(Path::to_owned)
            .or_else(|| environment.find_path("GENKAN_DATA_DIR"))
            .or_else(|| folders::default_data_dir(|name| environment.find(name).cloned()))
            .ok_or_else(|| {
                Error::new(
                    Code::ConfigInvalid,
                    "there is no data folder: this user has no home folder",
                )
                .hint("Name one with `--data-dir` or GENKAN_DATA_DIR.")
            })?;
        // A client may start us in any folder; what we hand on must not depend on that.
        std::path::absolute(&path)
            .map(Self)
            .map_err(|error| unusable(&path, error))
    }

    /// Creates the folder if needed, and makes sure that it can be written to.
    pub(crate) fn prepare(&self) -> Result<()> {
        files::create_private_folder(&self.0)
            .and_then(|()| files::open_private(&self.start_lock()).map(drop))
            .map_err(|error| unusable(&self.0, error))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database, unless `store.url` names another.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("genkan.db")
    }

    /// The store that these settings name. Refused is another one than the folder's server serves: the
    /// server has settings that this process does not see, and nothing good comes of two stores.
    pub(crate) fn store(&self, settings: &Settings) -> Result<Location> {
        let location = settings.store.location(&self.database())?;
        let Some(notice) = self.notice() else {
            return Ok(location);
        };
        let own = location.place()?;
        match notice.store {
            // A server that was killed leaves its notice behind.
            Some(served) if served != own && self.is_served()? => {
                Err(another(notice.pid, &served, &own))
            }
            _ => Ok(location),
        }
    }

    /// The master key, unless `secrets.master_key` gives it.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.0.join("master.key")
    }

    /// The API key of the first admin.
    pub(crate) fn admin_key(&self) -> PathBuf {
        self.0.join("admin.key")
    }

    /// Held while the first things are made, so that two first starts agree on them.
    pub(crate) fn start_lock(&self) -> PathBuf {
        self.0.join("start.lock")
    }

    /// What the serving process says of itself; `None` when none does. It may have died since.
    pub(crate) fn notice(&self) -> Option<Notice> {
        serde_json::from_slice(&fs::read(self.notice_file()).ok()?).ok()
    }

    /// Makes this process the one that serves the folder.
    pub(crate) fn claim(&self) -> Result<Claim> {
        let path = self.0.join("genkan.lock");
        match Lock::try_take(&path).map_err(|error| unusable(&path, error))? {
            Some(lock) => {
                let notice = self.notice_file();
                // That of a server which was killed says what no longer holds.
                let _ = fs::remove_file(&notice);
                Ok(Claim {
                    _lock: lock,
                    notice,
                })
            }
            None => Err(self.held()),
        }
    }

    /// Whether a process serves the folder at this moment.
    pub(crate) fn is_served(&self) -> Result<bool> {
        let path = self.0.join("genkan.lock");
        if !path.exists() {
            return Ok(false);
        }
        let lock = Lock::try_take(&path).map_err(|error| unusable(&path, error))?;
        Ok(lock.is_none())
    }

    fn held(&self) -> Error {
        let holder = match self.notice() {
            Some(Notice { pid, url, .. }) => format!("process {pid} ({url})"),
            None => "another process".to_owned(),
        };
        let message = format!(
            "the data folder `{}` is already served by {holder}",
            self.0.display()
        );
        Error::new(Code::DataDirUnusable, message)
            .hint("Use that server, stop it first, or choose another folder with `--data-dir`.")
    }

    fn notice_file(&self) -> PathBuf {
        self.0.join("server.json")
    }
}

/// What a server says of itself in `server.json`, for other processes and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// The process.
    pub(crate) pid: u32,
    /// Its version.
    pub(crate) version: String,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The MCP endpoint of the default profile.
    pub(crate) url: String,
    /// The local socket, where the system has one.
    pub(crate) socket: Option<PathBuf>,
    /// Which store it serves, by [`Location::place`]; older versions do not tell.
    #[serde(default)]
    pub(crate) store: Option<String>,
}

/// The right to serve the folder, until dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _lock: Lock,
    notice: PathBuf,
}

impl Claim {
    /// Tells other processes where this one is.
    pub(crate) fn announce(&self, notice: &Notice) -> Result<()> {
        let text = serde_json::to_vec_pretty(notice).map_err(Error::internal)?;
        files::write_private(&self.notice, &text).map_err(|error| unusable(&self.notice, error))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.notice);
    }
}

/// Settings of a process that name another store than the server of its data folder serves.
fn another(pid: u32, served: &str, own: &str) -> Error {
    let message = format!(
        "the server on this data folder (process {pid}) serves `{served}`, and the settings of this \
         command name `{own}`"
    );
    Error::new(Code::ConfigInvalid, message).hint(
        "The server has settings that this command does not see, such as the variables of a service \
         (docs/service.md shows how to run a command with them), or they changed since it started. \
         For another store name another folder with `--data-dir`.",
    )
}

/// An error about a file or folder of the data folder.
pub(crate) fn unusable(path: &Path, error: io::Error) -> Error {
    let message = format!("`{}` cannot be used: {error}", path.display());
    Error::new(Code::DataDirUnusable, message).source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder(dir.path().join("data"));
        folder.prepare().unwrap();
        (dir, folder)
    }

    #[test]
    fn the_flag_wins_over_the_variable_and_that_over_the_platform() {
        let environment: Environment = [
            ("GENKAN_DATA_DIR", "/b"),
            ("HOME", "/home/u"),
            ("LOCALAPPDATA", "/l"),
        ]
        .into_iter()
        .collect();
        let by_flag = DataFolder::locate(Some(Path::new("/a")), &environment).unwrap();
        assert_eq!(by_flag.path(), Path::new("/a"));
        let by_variable = DataFolder::locate(None, &environment).unwrap();
        assert_eq!(by_variable.path(), Path::new("/b"));
        let nothing = DataFolder::locate(None, &Environment::default()).unwrap_err();
        assert_eq!(nothing.code(), Code::ConfigInvalid);
    }

    #[test]
    fn a_second_claim_names_the_holder() {
        let (_dir, folder) = folder();
        let claim = folder.claim().unwrap();
        let notice = Notice {
            pid: 4711,
            version: "0".into(),
            address: ([127, 0, 0, 1], 1).into(),
            url: "http://127.0.0.1:1/mcp".into(),
            socket: None,
            store: None,
        };
        claim.announce(&notice).unwrap();
        assert_eq!(folder.notice(), Some(notice));
        let refused = folder.claim().unwrap_err();
        assert_eq!(refused.code(), Code::DataDirUnusable);
        assert!(
            refused
                .message()
                .contains("process 4711 (http://127.0.0.1:1/mcp)"),
            "{refused}"
        );
        drop(claim);
        assert_eq!(folder.notice(), None);
        folder.claim().unwrap();
    }

    #[test]
    fn a_notice_of_older_versions_is_read_and_one_of_the_dead_goes_with_the_next_claim() {
        let (_dir, folder) = folder();
        let older =
            r#"{"pid": 1, "version": "0", "address": "127.0.0.1:1", "url": "u", "socket": null}"#;
        fs::write(folder.notice_file(), older).unwrap();
        assert_eq!(folder.notice().unwrap().store, None);
        let _claim = folder.claim().unwrap();
        assert_eq!(folder.notice(), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_belongs_to_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_dir, folder) = folder();
        files::write_private(&folder.admin_key(), b"key").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.admin_key()), 0o600);
        assert_eq!(mode(&folder.start_lock()), 0o600);
    }
}
