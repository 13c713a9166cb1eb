//! Where things lie in this checkout.

use std::path::{Path, PathBuf};

/// The root of the workspace: the folder above this crate.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("BUG: xtask lies in the workspace")
}

/// The build folder, which `CARGO_TARGET_DIR` may move.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder of the tools that the tests drive, never committed.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// A binary of this workspace, as the dev profile builds it.
pub(crate) fn binary(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join("debug").join(file)
}
