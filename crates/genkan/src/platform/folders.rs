//! Where programs keep their data and their settings on this system.

use std::{ffi::OsString, path::PathBuf};

/// The folder for Genkan's data when nobody names one; `None` if the environment does not tell.
pub(crate) fn default_data_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| absolute(&variable, name);
    if cfg!(windows) {
        path("LOCALAPPDATA").map(|folder| folder.join("genkan"))
    } else if cfg!(target_os = "macos") {
        path("HOME").map(|home| home.join("Library/Application Support/genkan"))
    } else {
        // XDG Base Directory Specification: a relative path counts as unset.
        path("XDG_DATA_HOME")
            .or_else(|| path("HOME").map(|home| home.join(".local/share")))
            .map(|folder| folder.join("genkan"))
    }
}

/// A family of systems, by where its programs keep their settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// Linux and its kin.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one that this program runs on.
    pub(crate) const fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }
}

/// Where the programs of a user keep their settings.
#[derive(Clone, Debug)]
pub(crate) struct UserFolders {
    /// The system whose customs hold.
    pub(crate) system: System,
    /// The home folder.
    pub(crate) home: PathBuf,
    /// `~/.config`, `~/Library/Application Support` or `%APPDATA%`.
    pub(crate) settings: PathBuf,
}

impl UserFolders {
    /// Reads them from the environment; `None` if it names no home folder.
    pub(crate) fn find(
        system: System,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Option<Self> {
        let path = |name: &str| absolute(&variable, name);
        let home = match system {
            System::Windows => path("USERPROFILE").or_else(|| path("HOME"))?,
            System::Linux | System::MacOs => path("HOME")?,
        };
        let settings = match system {
            System::Linux => path("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")),
            System::MacOs => home.join("Library/Application Support"),
            System::Windows => {
                path("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"))
            }
        };
        Some(Self {
            system,
            home,
            settings,
        })
    }
}

fn absolute(variable: &impl Fn(&str) -> Option<OsString>, name: &str) -> Option<PathBuf> {
    variable(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}
