//! What could not be written yet. It holds its places in the queue until it is.

use std::time::{Duration, Instant};

use genkan_core::id::TenantId;

use super::Job;
use crate::audit::Head;

const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Records that wait for the store to be well again.
pub(super) struct Kept {
    pub(super) jobs: Vec<Job>,
    /// A group whose commit was not answered.
    pub(super) uncertain: Option<Uncertain>,
    not_before: Option<Instant>,
    pause: Duration,
}

/// Records that may be durable or not; the head of the first chain tells.
pub(super) struct Uncertain {
    /// The heads as they are if the commit was done.
    pub(super) heads: Vec<(TenantId, Head)>,
    /// What to write if it was not.
    pub(super) jobs: Vec<Job>,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self {
            jobs: Vec::new(),
            uncertain: None,
            not_before: None,
            pause: SHORTEST_PAUSE,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty() && self.uncertain.is_none()
    }

    /// Keeps those jobs that have a record.
    pub(super) fn keep(&mut self, jobs: impl IntoIterator<Item = Job>) {
        self.jobs
            .extend(jobs.into_iter().filter(|job| job.entry.is_some()));
    }

    /// Whether something waits and it is time to try.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        !self.is_empty() && self.not_before.is_none_or(|moment| moment <= now)
    }

    /// How long to wait before trying; `None` when nothing waits.
    pub(super) fn nap(&self, now: Instant) -> Option<Duration> {
        let due = || {
            self.not_before.map_or(Duration::ZERO, |moment| {
                moment.saturating_duration_since(now)
            })
        };
        (!self.is_empty()).then(due)
    }

    /// Sets the next attempt, later each time until everything is written.
    pub(super) fn tried(&mut self, now: Instant) {
        if self.is_empty() {
            self.hurry();
        } else {
            self.not_before = Some(now + self.pause);
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Allows the next attempt at once.
    pub(super) fn hurry(&mut self) {
        self.not_before = None;
        self.pause = SHORTEST_PAUSE;
    }
}
