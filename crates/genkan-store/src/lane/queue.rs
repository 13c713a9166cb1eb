//! What waits for one lane. Sending wakes the lane only when it has reason to get up: records alone
//! let it sleep until there are many of them or some time has passed.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use genkan_core::{Clock, clock::SystemClock};
use tokio::sync::Notify;

use super::Job;
use crate::measure;

/// The most jobs in one group.
pub(super) const GROUP: usize = 512;

/// The queue of one lane. Its length is bounded by the places that jobs hold.
pub(super) struct Queue {
    state: Mutex<State>,
    woken: Notify,
    /// How long records alone wait for company.
    gather: Duration,
}

struct State {
    jobs: Vec<Job>,
    /// Since when the first of them waits.
    since: Option<Instant>,
    lane: Lane,
    is_closed: bool,
}

/// What the lane does.
#[derive(PartialEq, Eq)]
enum Lane {
    /// It works, and will look at the queue by itself.
    Awake,
    /// It waits for any job.
    Idle,
    /// It waits for a job that somebody waits for, while records gather.
    Gathering,
}

/// Nothing is taken in any more.
pub(super) struct Closed;

/// What the lane found.
pub(super) enum Taken {
    /// Jobs, or none when it was time for something else.
    Jobs(Vec<Job>),
    /// The last ones: no more will come.
    Last(Vec<Job>),
}

impl Queue {
    pub(super) fn new(gather: Duration) -> Self {
        let state = State {
            jobs: Vec::new(),
            since: None,
            lane: Lane::Awake,
            is_closed: false,
        };
        Self {
            state: Mutex::new(state),
            woken: Notify::new(),
            gather,
        }
    }

    /// Adds a job. A closed queue drops it.
    pub(super) fn send(&self, job: Job) -> Result<(), Closed> {
        let mut state = self.state();
        if state.is_closed {
            return Err(Closed);
        }
        let is_urgent = !job.is_record();
        if state.jobs.is_empty() {
            state.since = Some(SystemClock.monotonic());
        }
        state.jobs.push(job);
        let wakes = match state.lane {
            Lane::Awake => false,
            Lane::Idle => true,
            Lane::Gathering => is_urgent || state.jobs.len() >= GROUP,
        };
        if wakes {
            state.lane = Lane::Awake;
            drop(state);
            self.woken.notify_one();
        }
        Ok(())
    }

    /// No more jobs are taken in; the lane gets what is there.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.woken.notify_one();
    }

    /// How many jobs wait.
    pub(super) fn len(&self) -> usize {
        self.state().jobs.len()
    }

    /// Waits for jobs, at most for `nap` if there is one, and takes all that are there.
    pub(super) async fn take(&self, nap: Option<Duration>) -> Taken {
        if self.is_empty_for_now() {
            match nap {
                Some(nap) => drop(tokio::time::timeout(nap, self.woken.notified()).await),
                None => self.woken.notified().await,
            }
        }
        if self.has_records_alone() {
            let _ = tokio::time::timeout(self.gather, self.woken.notified()).await;
        }
        let mut state = self.state();
        state.lane = Lane::Awake;
        let jobs = std::mem::take(&mut state.jobs);
        // What comes next is about as much.
        state.jobs.reserve(jobs.len());
        let (since, is_closed) = (state.since.take(), state.is_closed);
        drop(state);
        if let Some(since) = since {
            measure::waited(SystemClock.monotonic().saturating_duration_since(since));
        }
        if is_closed {
            Taken::Last(jobs)
        } else {
            Taken::Jobs(jobs)
        }
    }

    fn is_empty_for_now(&self) -> bool {
        let mut state = self.state();
        let is_empty = state.jobs.is_empty() && !state.is_closed;
        if is_empty {
            state.lane = Lane::Idle;
        }
        is_empty
    }

    fn has_records_alone(&self) -> bool {
        let mut state = self.state();
        let can_wait = !state.is_closed
            && !state.jobs.is_empty()
            && state.jobs.len() < GROUP
            && state.jobs.iter().all(Job::is_record);
        if can_wait {
            state.lane = Lane::Gathering;
        }
        can_wait
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in between can panic and leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
