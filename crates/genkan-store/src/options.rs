//! What a store is opened with. The binary fills it from settings.

use std::{path::PathBuf, time::Duration};

use genkan_core::Secret;

use crate::knowledge::UsageKept;

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file; its folder must exist.
    Sqlite(PathBuf),
    /// The address of a PostgreSQL database (`postgres://…`).
    Postgres(Secret<String>),
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
