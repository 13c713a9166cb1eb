//! What a store is opened with. The binary fills it from settings.

use std::{fs, net::IpAddr, path::PathBuf, time::Duration};

use genkan_core::{Result, Secret};

use crate::{db, knowledge::UsageKept};

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file; its folder must exist.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL database (`postgres://…`).
    Postgres(Secret<String>),
}

impl Location {
    /// Which database this is, to show and to compare: `sqlite:<path>` or `postgres://host:port/name`,
    /// never with a user or a password. A file that is there has one name, whatever links lead to it.
    ///
    /// Errors: `config_invalid`.
    pub fn place(&self) -> Result<String> {
        match self {
            Self::Sqlite(file) => {
                let file = fs::canonicalize(file).unwrap_or_else(|_| file.clone());
                Ok(format!("sqlite:{}", file.display()))
            }
            Self::Postgres(url) => {
                let options = db::connect::postgres(url)?;
                let host = match options.get_socket() {
                    Some(folder) => folder.display().to_string(),
                    None => host(options.get_host()),
                };
                // As PostgreSQL does where no database is named.
                let name = options.get_database();
                let name = name.unwrap_or_else(|| options.get_username());
                Ok(format!("postgres://{host}:{}/{name}", options.get_port()))
            }
        }
    }
}

/// One name for each host; this machine has several.
fn host(name: &str) -> String {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    match address.is_ok_and(|address| address.is_loopback()) {
        true => "localhost".to_owned(),
        false => name.to_ascii_lowercase(),
    }
}

/// What a store is opened with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data lies.
    pub location: Location,
    /// How many connections read at most.
    pub connections: u32,
    /// How long a reader waits for a connection before it is told that the store is busy.
    pub acquire_timeout: Duration,
    /// Whether to bring a PostgreSQL schema up to date at start. SQLite always is.
    pub auto_migrate: bool,
    /// How many calls may wait to be recorded or written.
    pub queue: usize,
    /// How long records alone wait for company: nobody waits for them, and a commit costs as much as
    /// fifty of them.
    pub gather: Duration,
    /// How many connections write on PostgreSQL. SQLite has one writer.
    pub lanes: usize,
    /// What is kept of searches.
    pub usage: UsageKept,
    /// Signs the heads of the audit chain.
    pub audit_key: Secret<[u8; 32]>,
    /// Where a test wants the process to die.
    #[doc(hidden)]
    pub crash_point: Option<CrashPoint>,
}

impl Options {
    /// The usual sizes.
    pub fn new(location: Location, audit_key: Secret<[u8; 32]>) -> Self {
        Self {
            location,
            connections: 16,
            acquire_timeout: Duration::from_secs(2),
            auto_migrate: false,
            queue: 8192,
            // They have to be durable within 20 ms.
            gather: Duration::from_millis(12),
            lanes: 4,
            usage: UsageKept::default(),
            audit_key,
            crash_point: None,
        }
    }
}

/// A place in a write at which tests let the process die.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// Everything is written, nothing is committed.
    BeforeCommit,
    /// The commit is done, nothing after it is.
    AfterCommit,
    /// Everything is done but the answer.
    BeforeAnswer,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_the_database_and_never_who_uses_it() {
        let table = [
            (
                "postgres://ada:hush@DB.example.com/genkan",
                "postgres://db.example.com:5432/genkan",
            ),
            (
                "postgresql://bob:quiet@db.example.com:5432/genkan?sslmode=require",
                "postgres://db.example.com:5432/genkan",
            ),
            (
                "postgres://ada@db.example.com:6432",
                "postgres://db.example.com:6432/ada",
            ),
            (
                "postgres://ada@localhost/genkan",
                "postgres://localhost:5432/genkan",
            ),
            (
                "postgres://ada@127.0.0.1/genkan",
                "postgres://localhost:5432/genkan",
            ),
            (
                "postgres://ada@[::1]/genkan",
                "postgres://localhost:5432/genkan",
            ),
        ];
        for (url, place) in table {
            let location = Location::Postgres(Secret::new(url.to_owned()));
            assert_eq!(location.place().unwrap(), place, "{url}");
        }
        let wrong = Location::Postgres(Secret::new("postgres://ada:hush@db:no".to_owned()));
        let error = wrong.place().unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_one_place_whatever_links_lead_to_it() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, link) = (dir.path().join("folder"), dir.path().join("link"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("genkan.db"), "").unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let place = |folder: &std::path::Path| Location::Sqlite(folder.join("genkan.db")).place();
        assert_eq!(place(&folder).unwrap(), place(&link).unwrap());
        assert_ne!(place(&folder).unwrap(), place(dir.path()).unwrap());
    }
}
