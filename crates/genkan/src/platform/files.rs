//! Files and folders that only their owner may read.
//!
//! On Unix by mode (0600 and 0700). On Windows the user's profile folder already is the user's own,
//! and files inherit that.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Makes every file of this process belong to its owner alone, also those that libraries create:
/// the database, its log, copies of it.
pub(crate) fn keep_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Creates a folder for its owner alone, with its parents. One that exists is left as it is.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Whether users other than its owner may look into a folder.
pub(crate) fn others_may_enter(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(path)?);
        Ok(mode & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(|_| false)
    }
}

/// Whether users other than its owner may read or write a file.
pub(crate) fn others_may_read(path: &Path) -> io::Result<bool> {
    // The same bits; only their meaning differs.
    others_may_enter(path)
}

/// Creates a file for its owner alone; fails if it exists.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    private_options().create_new(true).open(path)
}

/// Opens a file for its owner alone, creating it if needed.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    private_options()
        .create(true)
        .truncate(false)
        .read(true)
        .open(path)
}

/// Writes a file for its owner alone, whole or not at all: beside it, then in its place.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    write_beside(path, content, None)
}

/// Who may read a file of somebody else's that we replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever could before; only its owner, if it is new.
    AsBefore,
    /// Its owner alone, whoever could before.
    OwnerAlone,
}

/// Replaces a file whole or not at all. A link stays a link: what it points to is replaced.
pub(crate) fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let present = match fs::canonicalize(path) {
        Ok(present) => present,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let permissions = match access {
        Access::AsBefore => fs::metadata(&present).ok().map(|file| file.permissions()),
        Access::OwnerAlone => None,
    };
    write_beside(&present, content, permissions)
}

fn write_beside(
    path: &Path,
    content: &[u8],
    permissions: Option<fs::Permissions>,
) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = Path::new(&beside);
    let written = private_options()
        .create(true)
        .truncate(true)
        .open(beside)
        .and_then(|mut file| {
            if let Some(permissions) = permissions {
                file.set_permissions(permissions)?;
            }
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(beside, path)
        });
    if written.is_err() {
        let _ = fs::remove_file(beside);
    }
    written
}

fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
