//! A clock that tests move by hand.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use genkan_core::{Clock, Timestamp, clock::SystemClock};

/// The system's time, shifted by as much as a test wants.
#[derive(Default)]
pub struct HandClock {
    shifted_ms: AtomicI64,
}

impl HandClock {
    /// Moves the wall clock forward.
    pub fn advance(&self, by: Duration) {
        self.shifted_ms
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(
            SystemClock.now().as_millis() + self.shifted_ms.load(Ordering::SeqCst),
        )
    }

    fn monotonic(&self) -> Instant {
        SystemClock.monotonic()
    }
}
