//! The places of calls that compute for long, such as a search: about as many as there are processors.
//!
//! More of them at once would only make each slower, and everybody else's calls with them. They come
//! in the order in which they asked. Who would wait for too long is refused instead, so that what is
//! served is served within its time.
//!
//! Such a call lets nobody else run on its thread. Where such calls take every processor each pauses
//! before it begins, so that what has come meanwhile is taken in: else that would wait where nobody sees it, in the
//! sockets, neither served nor refused, and without limit.

use std::time::Duration;

use genkan_core::{Code, Error, Result};
use metrics::{Counter, Gauge, counter, gauge};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Limits, admission::SHED};

/// Heavy calls that wait for others to end.
const WAITING: &str = "genkan_heavy_calls_waiting";

/// How long a call pauses.
const PAUSE: Duration = Duration::from_millis(1);

/// The places.
pub(crate) struct Bulkhead {
    places: Semaphore,
    count: usize,
    processors: usize,
    patience: Duration,
    waiting: Gauge,
    shed: Counter,
}

impl Bulkhead {
    pub(crate) fn new(limits: &Limits) -> Self {
        metrics::describe_gauge!(WAITING, "Heavy calls that wait for others to end");
        let count = limits.heavy_calls.min(Semaphore::MAX_PERMITS);
        Self {
            places: Semaphore::new(count),
            count,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            patience: limits.heavy_waiting,
            waiting: gauge!(WAITING),
            shed: counter!(SHED),
        }
    }

    /// Takes a place, waiting for one if need be. It is given back when dropped.
    ///
    /// Error: `overloaded` when none became free in time.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>> {
        let place = match self.places.try_acquire() {
            Ok(place) => place,
            Err(_) => self.wait().await?,
        };
        // As soon as they take every processor. Where one may compute at a time others serve meanwhile.
        if self.count - self.places.available_permits() >= self.processors.max(2) {
            // To yield is not enough: what polls this call may do so again before it lets others in.
            tokio::time::sleep(PAUSE).await;
        }
        Ok(place)
    }

    async fn wait(&self) -> Result<SemaphorePermit<'_>> {
        let _waiting = Waiting::begin(&self.waiting);
        match tokio::time::timeout(self.patience, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => {
                self.shed.increment(1);
                let message = "too many calls that compute for long wait already";
                Err(Error::new(Code::Overloaded, message))
            }
        }
    }
}

/// One that waits; it leaves when dropped.
struct Waiting<'a>(&'a Gauge);

impl<'a> Waiting<'a> {
    fn begin(gauge: &'a Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

#[cfg(test)]
mod tests;
