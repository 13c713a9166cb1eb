//! What is kept per origin: its connections, its waiting room, its breaker, its governors.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use genkan_core::Clock;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use crate::{
    BreakerState, Error, Options, Origin, Result,
    breaker::Breaker,
    governor::Governor,
    measure::{Labels, Meter},
};

/// Origins that are known at once; an unused one makes room for a new one.
const ORIGINS: usize = 1_024;
/// Identities per origin, likewise.
const IDENTITIES: usize = 4_096;

/// One origin.
pub(crate) struct Host {
    pub(crate) breaker: Breaker,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) meter: Meter,
    requests: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    governors: Mutex<HashMap<String, Arc<Governor>>>,
    clock: Arc<dyn Clock>,
}

/// An origin as it stands, for those who look after the house.
#[derive(Clone, Debug)]
pub struct HostStatus {
    /// The origin.
    pub origin: Origin,
    /// What its breaker does.
    pub breaker: BreakerState,
    /// Connections that are open or being opened.
    pub connections: usize,
    /// Requests that wait for a place or for the other side's limit.
    pub waiting: usize,
}

/// All of them.
pub(crate) struct Hosts {
    options: Arc<Options>,
    clock: Arc<dyn Clock>,
    labels: Labels,
    known: Mutex<HashMap<Origin, Arc<Host>>>,
}

impl Hosts {
    pub(crate) fn new(options: Arc<Options>, clock: Arc<dyn Clock>) -> Self {
        Self {
            options,
            clock,
            labels: Labels::default(),
            known: Mutex::default(),
        }
    }

    /// What is kept of this origin.
    pub(crate) fn get(&self, origin: &Origin) -> Result<Arc<Host>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = known.get(origin) {
            return Ok(Arc::clone(host));
        }
        if known.len() >= ORIGINS {
            known.retain(|_, host| !host.is_unused());
            if known.len() >= ORIGINS {
                return Err(Error::Busy {
                    origin: origin.to_string(),
                });
            }
        }
        let host = Arc::new(self.open(origin));
        known.insert(origin.clone(), Arc::clone(&host));
        Ok(host)
    }

    fn open(&self, origin: &Origin) -> Host {
        let options = &self.options;
        let places = options.connections_per_host;
        Host {
            breaker: Breaker::new(
                Arc::clone(&self.clock),
                options.breaker_failures,
                options.breaker_recovery,
            ),
            connections: Arc::new(Semaphore::new(places)),
            meter: self.labels.meter(origin),
            requests: Arc::new(Semaphore::new(places)),
            waiting: AtomicUsize::new(0),
            most_waiting: options.waiting_per_host,
            governors: Mutex::default(),
            clock: Arc::clone(&self.clock),
        }
    }

    /// All that are known, in order.
    pub(crate) fn statuses(&self) -> Vec<HostStatus> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let places = self.options.connections_per_host;
        let mut statuses: Vec<_> = known
            .iter()
            .map(|(origin, host)| HostStatus {
                origin: origin.clone(),
                breaker: host.breaker.state(),
                connections: places.saturating_sub(host.connections.available_permits()),
                waiting: host.waiting.load(Ordering::Relaxed),
            })
            .collect();
        statuses.sort_by_key(|status| status.origin.to_string());
        statuses
    }

    /// Closes the breaker of an origin; whether there is one.
    pub(crate) fn reset(&self, origin: &Origin) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(host) = known.get(origin) else {
            return false;
        };
        host.breaker.reset();
        host.meter.breaker(false);
        true
    }
}

impl Host {
    /// A place among the requests under way, until this moment.
    pub(crate) async fn place(&self, last: Instant) -> Option<OwnedSemaphorePermit> {
        let requests = Arc::clone(&self.requests);
        let place = tokio::time::timeout_at(last, requests.acquire_owned()).await;
        place.ok()?.ok()
    }

    /// A place in the waiting room; `None` if it is full.
    pub(crate) fn wait(&self) -> Option<Waiting<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(self);
        (before < self.most_waiting).then_some(waiting)
    }

    /// The governor of an identity.
    pub(crate) fn governor(&self, identity: &str) -> Arc<Governor> {
        let mut governors = self
            .governors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(governor) = governors.get(identity) {
            return Arc::clone(governor);
        }
        if governors.len() >= IDENTITIES {
            governors.retain(|_, governor| Arc::strong_count(governor) > 1);
        }
        let governor = Arc::new(Governor::new(Arc::clone(&self.clock)));
        governors.insert(identity.to_owned(), Arc::clone(&governor));
        governor
    }

    /// Nobody uses it, and it holds nothing that must be remembered.
    fn is_unused(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) == 1 && self.breaker.state() == BreakerState::Closed
    }
}

/// Somebody who waits.
pub(crate) struct Waiting<'a>(&'a Host);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
