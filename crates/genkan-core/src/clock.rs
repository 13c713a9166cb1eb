//! Time, passed in: wall clock for records and expiry, monotonic for durations.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A moment as milliseconds since the Unix epoch, the form the store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Takes milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment this much later; the last representable one on overflow.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

/// Where the time comes from. Tests pass one that they move by hand.
pub trait Clock: Send + Sync {
    /// The wall-clock time. It may jump; never measure with it.
    fn now(&self) -> Timestamp;

    /// A monotonic reading for durations.
    fn monotonic(&self) -> Instant;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the monotonic clock"
    )]
    fn monotonic(&self) -> Instant {
        Instant::now()
    }
}
