//! Copies of the store, and stores made from copies.
//!
//! On SQLite a backup is a database file; on PostgreSQL it is a dump: JSON lines of our own tables,
//! which either database can be restored from. Both are taken from one state of a store in use.

mod dump;
mod load;
mod sqlite;
mod tables;

use std::path::{Path, PathBuf};

use genkan_core::{Clock, Code, Error, Result};

use crate::{Location, Store, migrate};

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many records of calls the store has now.
    pub records: i64,
    /// Where the file went that was there before, if one was.
    pub replaced: Option<PathBuf>,
}

impl Store {
    /// Writes a backup: a file on SQLite, a dump on PostgreSQL. The target must not exist.
    ///
    /// Errors: `already_exists`, `data_dir_unusable`, `store_corrupt` when the copy is not whole.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        match self.location() {
            Location::Sqlite(file) => sqlite::copy(self.location(), file, to).await,
            Location::Postgres(_) => self.dump(to).await,
        }
    }

    /// Writes a dump, which either database can be restored from. The target must not exist.
    pub async fn dump(&self, to: &Path) -> Result<()> {
        let mut tx = self.system_read().await?;
        let partial = begin_file(to)?;
        dump::write(tx.link(), &partial).await?;
        finish_file(&partial, to)
    }
}

/// Makes a store from a backup or a dump, and brings its schema up to date.
///
/// A SQLite file that is there already is kept beside, under the name in the answer; nobody else
/// may be using it. A PostgreSQL database must be empty.
///
/// Errors: `no_such_item`, `store_corrupt` for a damaged backup, `store_too_new`, `conflict` when
/// the store is in use or not empty.
pub async fn restore(location: &Location, from: &Path, clock: &dyn Clock) -> Result<Restored> {
    let is_file = sqlite::is_database(from)?;
    let (file, partial) = match location {
        Location::Postgres(_) if is_file => {
            let message = format!(
                "`{}` is a SQLite file, which PostgreSQL cannot be restored from",
                from.display()
            );
            return Err(Error::new(Code::Conflict, message)
                .hint("Open it with SQLite and write a dump first."));
        }
        Location::Postgres(_) => {
            migrate::migrate(location, clock).await?;
            let records = load::read(location, from).await?;
            return Ok(Restored {
                records,
                replaced: None,
            });
        }
        Location::Sqlite(file) => (file, beside(file, "restoring")),
    };
    // Everything is made beside first: a backup that turns out to be damaged harms nothing.
    sqlite::remove(&partial)?;
    let made = Location::Sqlite(partial.clone());
    if is_file {
        sqlite::copy_checked(from, &partial).await?;
    }
    let records = async {
        migrate::run(&made, clock, migrate::Before::Nothing).await?;
        if is_file {
            load::count_records(&made).await
        } else {
            load::read(&made, from).await
        }
    };
    let records = records.await.inspect_err(|_| {
        let _ = sqlite::remove(&partial);
    })?;
    let replaced = sqlite::replace(&partial, file, clock)?;
    Ok(Restored { records, replaced })
}

/// Where a backup is written before it is whole.
fn begin_file(to: &Path) -> Result<PathBuf> {
    if to.exists() {
        return Err(Error::new(
            Code::AlreadyExists,
            format!("`{}` exists already", to.display()),
        ));
    }
    let partial = beside(to, "partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(unusable(&partial, error))
        }
        _ => Ok(partial),
    }
}

/// Gives a whole backup its name, after it is on the disk.
fn finish_file(partial: &Path, to: &Path) -> Result<()> {
    let synced = std::fs::File::open(partial).and_then(|file| file.sync_all());
    synced
        .and_then(|()| std::fs::rename(partial, to))
        .map_err(|error| unusable(to, error))
}

/// `<file>.<suffix>` in the same folder.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn unusable(path: &Path, error: std::io::Error) -> Error {
    let code = if error.kind() == std::io::ErrorKind::NotFound {
        Code::NoSuchItem
    } else {
        Code::DataDirUnusable
    };
    Error::new(
        code,
        format!("`{}` cannot be used: {error}", path.display()),
    )
    .source(error)
}
