//! The client of one session: what it agreed to, what it asked, what it was asked, what it watches.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use genkan_core::{
    Code, Error, Result, Revision,
    call::{Abilities, LogLevel},
};

use super::{asking::Asking, initialize::Hello};
use crate::{
    Settings,
    mcp::{in_flight::InFlight, modern::listen::URIS},
};

/// From which level on log messages are told before the client says (MCP 2025-11-25 logging: the
/// server may choose).
const UNTOLD: LogLevel = LogLevel::Info;

/// What a session over HTTP and a stream after `initialize` have in common.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The revision that `initialize` settled.
    pub(crate) revision: Revision,
    /// What the client can be asked.
    pub(crate) abilities: Abilities,
    /// Whether the profile of the session writes to the client's log.
    pub(crate) logs: bool,
    /// Requests of the client that are not answered yet.
    pub(crate) in_flight: Arc<InFlight>,
    /// Questions to the client that are not answered yet.
    pub(crate) asking: Asking,
    /// The resources whose changes the client wants to hear of.
    watched: Mutex<HashSet<Arc<str>>>,
    /// The position of the log level in [`LogLevel::ALL`].
    level: AtomicU8,
}

impl Peer {
    pub(crate) fn new(hello: Hello, logs: bool, settings: &Settings) -> Arc<Self> {
        let in_flight = InFlight::new(settings.calls_in_flight);
        Arc::new(Self {
            revision: hello.revision,
            abilities: hello.abilities,
            logs,
            in_flight,
            asking: Asking::default(),
            watched: Mutex::default(),
            level: AtomicU8::new(UNTOLD as u8),
        })
    }

    /// From which level on the client wants log messages; none where nothing writes any.
    pub(crate) fn level(&self) -> Option<LogLevel> {
        let position = usize::from(self.level.load(Ordering::Relaxed));
        LogLevel::ALL.get(position).copied().filter(|_| self.logs)
    }

    /// Sets from which level on the client wants log messages.
    pub(super) fn set_level(&self, level: LogLevel) {
        self.level.store(level as u8, Ordering::Relaxed);
    }

    /// Begins to tell changes of a resource.
    pub(super) fn watch(&self, uri: Arc<str>) -> Result<()> {
        let mut watched = self.watched();
        if watched.len() >= URIS && !watched.contains(&uri) {
            return Err(Error::new(
                Code::Overloaded,
                format!("this session watches {URIS} resources already"),
            ));
        }
        watched.insert(uri);
        Ok(())
    }

    /// No longer tells changes of a resource.
    pub(super) fn unwatch(&self, uri: &str) {
        self.watched().remove(uri);
    }

    /// Whether changes of the resource are told.
    pub(super) fn watches(&self, uri: &str) -> bool {
        self.watched().contains(uri)
    }

    /// Everything whose changes are told.
    pub(super) fn all_watched(&self) -> Vec<Arc<str>> {
        self.watched().iter().cloned().collect()
    }

    /// Ends everything that is under way.
    pub(crate) fn end(&self) {
        self.asking.close();
        self.in_flight.cancel_all();
    }

    fn watched(&self) -> MutexGuard<'_, HashSet<Arc<str>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
