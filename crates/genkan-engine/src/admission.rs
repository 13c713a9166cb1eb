//! How many calls are under way at once, and how many more may wait for that.
//!
//! Beyond what the machine can do, more calls at once only make each of them slower. So a bounded
//! number runs, a bounded number waits for a bounded time, and the rest is refused at once with
//! `overloaded`, before a key is looked up or a record begun: to refuse must cost far less than to
//! serve. What was admitted keeps its time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use genkan_core::{Code, Error, Live, Result, outcome::Disposition};
use metrics::{Counter, Gauge, counter, gauge};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::{info, warn};

use crate::{Limits, measure};

/// Calls under way.
const UNDER_WAY: &str = "genkan_calls_under_way";
/// The most that ever were under way at once.
const PEAK: &str = "genkan_calls_under_way_peak";
/// Calls refused because too many were under way.
pub(crate) const SHED: &str = "genkan_calls_shed_total";

/// The places of calls that come through a door. Calls that a tool makes share the place of the
/// call that made them, or they would wait for themselves.
pub(crate) struct Admission {
    places: Semaphore,
    most: AtomicUsize,
    /// Places that are too many since the bound was lowered; they go when they are given back.
    excess: AtomicUsize,
    waiting: AtomicUsize,
    limits: Live<Limits>,
    peak: AtomicUsize,
    is_shedding: AtomicBool,
    is_short_of_memory: AtomicBool,
    meters: Meters,
}

struct Meters {
    under_way: Gauge,
    peak: Gauge,
    shed: Counter,
}

/// The place of one call; given back when dropped.
pub(crate) struct Admitted<'a> {
    permit: Option<SemaphorePermit<'a>>,
    admission: &'a Admission,
}

impl Admission {
    pub(crate) fn new(limits: Live<Limits>) -> Self {
        metrics::describe_gauge!(UNDER_WAY, "Calls that are under way");
        metrics::describe_gauge!(PEAK, "The most calls that were ever under way at once");
        metrics::describe_counter!(SHED, "Calls refused because too many were under way");
        let most = places(limits.get().concurrent_calls);
        Self {
            places: Semaphore::new(most),
            most: AtomicUsize::new(most),
            excess: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            limits,
            peak: AtomicUsize::new(0),
            is_shedding: AtomicBool::new(false),
            is_short_of_memory: AtomicBool::new(false),
            meters: Meters {
                under_way: gauge!(UNDER_WAY),
                peak: gauge!(PEAK),
                shed: counter!(SHED),
            },
        }
    }

    /// Takes a place, waiting for one if need be.
    pub(crate) async fn enter(&self) -> Result<Admitted<'_>> {
        if self.is_short_of_memory.load(Ordering::Relaxed) {
            return Err(short_of_memory());
        }
        match self.places.try_acquire() {
            Ok(permit) => Ok(self.admitted(permit)),
            // Boxed, since it is rare, and would make every call's future larger.
            Err(_) => Box::pin(self.wait()).await,
        }
    }

    /// Changes how many may be under way. Calls that are keep their places.
    pub(crate) fn resize(&self, most: usize) {
        let most = places(most);
        let before = self.most.swap(most, Ordering::Relaxed);
        if let Some(fewer) = before.checked_sub(most) {
            let gone = self.places.forget_permits(fewer);
            self.excess.fetch_add(fewer - gone, Ordering::Relaxed);
        } else {
            let more = most - before;
            let kept = (0..more).take_while(|_| self.take_excess()).count();
            self.places.add_permits(more - kept);
        }
    }

    /// Refuses every call, or serves them again.
    pub(crate) fn hold_back(&self, is_short_of_memory: bool) {
        let order = Ordering::Relaxed;
        self.is_short_of_memory.store(is_short_of_memory, order);
    }

    /// Takes one off what is too much, if anything is.
    fn take_excess(&self) -> bool {
        let (order, failed) = (Ordering::Relaxed, Ordering::Relaxed);
        let taken = |excess: usize| excess.checked_sub(1);
        self.excess.fetch_update(order, failed, taken).is_ok()
    }

    async fn wait(&self) -> Result<Admitted<'_>> {
        let (most_waiting, patience) = {
            let limits = self.limits.get();
            (limits.waiting_calls, limits.waiting_time)
        };
        let _waiting = Waiting::begin(&self.waiting, most_waiting)
            .ok_or_else(|| self.shed("too many calls are under way and wait already"))?;
        match tokio::time::timeout(patience, self.places.acquire()).await {
            Ok(Ok(permit)) => Ok(self.admitted(permit)),
            Ok(Err(_)) | Err(_) => {
                Err(self.shed("too many calls are under way, and none ended in time"))
            }
        }
    }

    fn admitted<'a>(&'a self, permit: SemaphorePermit<'a>) -> Admitted<'a> {
        self.meters.under_way.increment(1.0);
        let free = self.places.available_permits();
        let most = self.most.load(Ordering::Relaxed);
        let taken = most.saturating_sub(free);
        if taken > self.peak.load(Ordering::Relaxed) {
            self.note_peak(taken);
        }
        if self.is_shedding.load(Ordering::Relaxed) && free * 2 > most {
            self.note_recovered();
        }
        Admitted {
            permit: Some(permit),
            admission: self,
        }
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "a count of calls is far smaller than 2^52"
    )]
    fn note_peak(&self, taken: usize) {
        let before = self.peak.fetch_max(taken, Ordering::Relaxed);
        self.meters.peak.set(before.max(taken) as f64);
    }

    fn note_recovered(&self) {
        if self.is_shedding.swap(false, Ordering::Relaxed) {
            info!("calls are no longer refused for want of a place");
        }
    }

    fn shed(&self, message: &'static str) -> Error {
        self.meters.shed.increment(1);
        if !self.is_shedding.swap(true, Ordering::Relaxed) {
            warn!(
                most = self.most.load(Ordering::Relaxed),
                "calls are refused: more come than can be served"
            );
        }
        Error::new(Code::Overloaded, message)
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        self.admission.meters.under_way.decrement(1.0);
        if self.admission.excess.load(Ordering::Relaxed) > 0
            && self.admission.take_excess()
            && let Some(permit) = self.permit.take()
        {
            permit.forget();
        }
    }
}

#[cold]
fn short_of_memory() -> Error {
    let error = Error::new(
        Code::MemoryLimit,
        "this server has more memory in use than it may",
    );
    measure::count_refused(Disposition::Refused(error.code()));
    error
}

/// At least one, or nothing could ever be called.
fn places(most: usize) -> usize {
    most.clamp(1, Semaphore::MAX_PERMITS)
}

/// One of the bounded number that waits; it leaves when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let begun = count.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(count);
        (begun < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
