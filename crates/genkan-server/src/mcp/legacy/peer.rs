//! The client of one session: what it agreed to, what it asked, what it was asked.

use std::sync::Arc;

use genkan_core::{Revision, call::Abilities};

use super::asking::Asking;
use crate::{Settings, mcp::in_flight::InFlight};

/// What a session over HTTP and a stream after `initialize` have in common.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The revision that `initialize` settled.
    pub(crate) revision: Revision,
    /// What the client can be asked.
    pub(crate) abilities: Abilities,
    /// Requests of the client that are not answered yet.
    pub(crate) in_flight: Arc<InFlight>,
    /// Questions to the client that are not answered yet.
    pub(crate) asking: Asking,
}

impl Peer {
    pub(crate) fn new(revision: Revision, abilities: Abilities, settings: &Settings) -> Arc<Self> {
        let in_flight = InFlight::new(settings.calls_in_flight);
        Arc::new(Self {
            revision,
            abilities,
            in_flight,
            asking: Asking::default(),
        })
    }

    /// Ends everything that is under way.
    pub(crate) fn end(&self) {
        self.asking.close();
        self.in_flight.cancel_all();
    }
}
