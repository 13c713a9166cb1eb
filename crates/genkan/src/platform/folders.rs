//! Where programs keep their data on this system.

use std::{ffi::OsString, path::PathBuf};

/// The folder for Genkan's data when nobody names one; `None` if the environment does not tell.
pub(crate) fn default_data_dir(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
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
