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
        self.shift(by, 1);
    }

    /// Moves the wall clock back, as it jumps when somebody puts it right.
    pub fn turn_back(&self, by: Duration) {
        self.shift(by, -1);
    }

    fn shift(&self, by: Duration, sign: i64) {
        let by_ms = sign * i64::try_from(by.as_millis()).unwrap();
        self.shifted_ms.fetch_add(by_ms, Ordering::SeqCst);
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
