//! SQLite files: copies of a file in use, and a file put in the place of another.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use genkan_core::{Clock, Code, Error, Result};

use super::{begin_file, beside, finish_file, unusable};
use crate::{
    Location,
    db::{
        self, Driver, Link,
        sqlite::{Connection, at_length},
    },
    migrate,
};

/// The first bytes of every SQLite file (<https://www.sqlite.org/fileformat.html>, §1.2).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Whether a file is a SQLite database.
pub(super) fn is_database(path: &Path) -> Result<bool> {
    let mut file = File::open(path).map_err(|error| unusable(path, error))?;
    let mut head = [0; 16];
    Ok(file.read_exact(&mut head).is_ok() && head == *MAGIC)
}

/// Copies a store in use, and looks whether the copy is whole.
pub(super) async fn copy(location: &Location, file: &Path, to: &Path) -> Result<()> {
    let partial = begin_file(to)?;
    let mut link = db::connect::owned(location, Duration::from_secs(10)).await?;
    let copied = match link.driver() {
        Driver::Sqlite(connection) => connection.copy_into(&partial),
        Driver::Postgres(_) => Ok(()),
    };
    link.close().await;
    copied?;
    // The copy holds what the store holds, so it is for the same eyes.
    let rights = std::fs::metadata(file).map(|metadata| metadata.permissions());
    rights
        .and_then(|rights| std::fs::set_permissions(&partial, rights))
        .map_err(|error| unusable(&partial, error))?;
    check(&partial).await?;
    finish_file(&partial, to)
}

/// Copies a backup that is in nobody's use, after looking whether it is whole and not too new.
pub(super) async fn copy_checked(from: &Path, to: &Path) -> Result<()> {
    check(from).await?;
    open_to_read(from)?.copy_into(to)
}

fn open_to_read(path: &Path) -> Result<Connection, db::Error> {
    Connection::open_to_read(path, Duration::from_secs(5))
}

/// Looks whether a file is a whole store that this binary may use.
async fn check(path: &Path) -> Result<()> {
    let damaged = || {
        Error::new(
            Code::StoreCorrupt,
            format!("`{}` is damaged", path.display()),
        )
    };
    let mut connection = open_to_read(path)?;
    let (verdict,): (String,) =
        at_length(|| connection.fetch_one("PRAGMA integrity_check(1)", &[]))?;
    if verdict != "ok" {
        return Err(damaged());
    }
    match migrate::check(&mut Link::Sqlite(Box::new(connection))).await {
        Err(error) if error.code() == Code::StoreNotMigrated => Ok(()),
        checked => checked,
    }
}

/// Puts a file in the place of the store's, which is kept beside and must be in nobody's use.
pub(super) fn replace(made: &Path, file: &Path, clock: &dyn Clock) -> Result<Option<PathBuf>> {
    let kept = if file.exists() {
        refuse_if_used(file).inspect_err(|_| {
            let _ = remove(made);
        })?;
        let kept = beside(file, &format!("replaced-{}", clock.now().as_millis()));
        std::fs::rename(file, &kept).map_err(|error| unusable(file, error))?;
        Some(kept)
    } else {
        None
    };
    finish_file(made, file)?;
    Ok(kept)
}

/// A file in use is locked by everyone who has it open.
fn refuse_if_used(file: &Path) -> Result<()> {
    let mut connection = Connection::open_present(file, Duration::from_millis(200))?;
    connection.run_script("PRAGMA locking_mode = EXCLUSIVE")?;
    let locked = connection.run_script("BEGIN EXCLUSIVE; ROLLBACK");
    // Closing writes the log back into the file, and removes it.
    let closed = connection.close();
    match locked {
        Ok(()) => Ok(closed?),
        Err(db::Error::Locked(error)) => {
            let message = format!("the store `{}` is in use", file.display());
            Err(Error::new(Code::Conflict, message)
                .hint("Stop every Genkan on this data folder first.")
                .source(error))
        }
        Err(db::Error::Corrupt(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Removes what an earlier restore may have left.
pub(super) fn remove(path: &Path) -> Result<()> {
    for path in [path.to_owned(), with(path, "-wal"), with(path, "-shm")] {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unusable(&path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
