//! What the routes share beyond the house: sessions, and what operators see.

use std::sync::Arc;

use crate::{
    Parts,
    house::House,
    mcp::http::{older::Streams, sessions::Sessions},
    parts::{Check, SystemReadings},
};

/// The state of the router.
pub(crate) struct Doors {
    pub(crate) house: Arc<House>,
    pub(crate) sessions: Arc<Sessions>,
    /// Streams of HTTP+SSE.
    pub(crate) streams: Streams,
    pub(crate) metrics: Arc<dyn Fn() -> String + Send + Sync>,
    pub(crate) system: Arc<dyn Fn() -> SystemReadings + Send + Sync>,
    pub(crate) ready: Vec<Check>,
}

impl Doors {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        let house = House::new(&parts);
        let sessions = Sessions::open(&house);
        Arc::new(Self {
            house,
            sessions,
            streams: Streams::default(),
            metrics: parts.metrics,
            system: parts.system,
            ready: parts.ready,
        })
    }
}
