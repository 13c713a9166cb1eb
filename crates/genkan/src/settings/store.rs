//! Section `store`: the database.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use genkan_core::{Code, Error, Result, Secret};
use genkan_store::Location;

use crate::settings::section::section;

section! {
    /// The database.
    Store "store" {
        /// A PostgreSQL address such as `postgres://genkan@db.example.org/genkan`, or
        /// `sqlite:<path>`. Absent: `genkan.db`, a SQLite file in the data folder.
        url: Option<Secret<String>> = None;
        /// Connections that read at most. Up to four more write on PostgreSQL, one on SQLite.
        connections: NonZeroU32 = Some("16");
        /// Bring a PostgreSQL schema up to date at start. SQLite always is, after a backup copy.
        auto_migrate: bool = Some("false");
    }
}

impl Store {
    /// Where the data lies: what `store.url` says, else this SQLite file.
    pub(crate) fn location(&self, usual: &Path) -> Result<Location> {
        let Some(url) = &self.url else {
            return Ok(Location::Sqlite(usual.to_owned()));
        };
        let text = url.expose();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Location::Postgres(url.clone()));
        }
        // `sqlite://` in front of an absolute path is how others write it.
        let path = text
            .strip_prefix("sqlite://")
            .or_else(|| text.strip_prefix("sqlite:"));
        match path.map(PathBuf::from) {
            Some(path) if path.is_absolute() => Ok(Location::Sqlite(path)),
            _ => Err(Error::new(
                Code::ConfigInvalid,
                "`store.url` is no address of a database",
            )
            .hint("Use postgres://user@host/database, or sqlite: and an absolute path.")),
        }
    }
}
