//! Leaves an origin alone that failed repeatedly, so that nobody waits for what is down.
//!
//! Closed → open after so many failures in a row → after the recovery time one request at a time is
//! let through → its success closes the breaker, its failure opens it again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use genkan_core::Clock;

/// What the breaker does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Lets it through.
    Closed,
    /// Refuses it.
    Open,
    /// Lets one through, to try.
    Trying,
}

/// The breaker of one origin.
pub(crate) struct Breaker {
    clock: Arc<dyn Clock>,
    failures: u32,
    recovery: Duration,
    state: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    failed: u32,
    opened: Option<Instant>,
    is_tried: bool,
}

/// Permission for one request; what came of it must be said, else it counts for nothing.
pub(crate) struct Trial<'a> {
    breaker: &'a Breaker,
    is_try: bool,
}

impl Breaker {
    pub(crate) fn new(clock: Arc<dyn Clock>, failures: u32, recovery: Duration) -> Self {
        Self {
            clock,
            failures,
            recovery,
            state: Mutex::default(),
        }
    }

    /// Lets a request through, or says for how long not.
    pub(crate) fn admit(&self) -> Result<Trial<'_>, Duration> {
        let mut inner = self.lock();
        let Some(opened) = inner.opened else {
            return Ok(Trial {
                breaker: self,
                is_try: false,
            });
        };
        let since = self.clock.monotonic().saturating_duration_since(opened);
        if since < self.recovery {
            return Err(self.recovery - since);
        }
        if inner.is_tried {
            return Err(Duration::from_secs(1).min(self.recovery));
        }
        inner.is_tried = true;
        Ok(Trial {
            breaker: self,
            is_try: true,
        })
    }

    pub(crate) fn state(&self) -> State {
        let inner = self.lock();
        match inner.opened {
            None => State::Closed,
            Some(opened) => {
                let since = self.clock.monotonic().saturating_duration_since(opened);
                match since < self.recovery {
                    true => State::Open,
                    false => State::Trying,
                }
            }
        }
    }

    /// Forgets every failure.
    pub(crate) fn reset(&self) {
        *self.lock() = Inner::default();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trial<'_> {
    /// Says how it went. Returns whether the breaker opened by it.
    pub(crate) fn ended(self, is_failure: bool) -> bool {
        let mut inner = self.breaker.lock();
        if !is_failure {
            *inner = Inner::default();
            return false;
        }
        inner.failed = inner.failed.saturating_add(1);
        let opens =
            self.is_try || (inner.opened.is_none() && inner.failed >= self.breaker.failures);
        if opens {
            inner.opened = Some(self.breaker.clock.monotonic());
        }
        opens
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if self.is_try {
            self.breaker.lock().is_tried = false;
        }
    }
}

#[cfg(test)]
mod tests;
