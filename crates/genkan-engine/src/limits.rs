//! The bounds of every call.

use std::time::Duration;

/// What one call, and one caller, may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Calls per minute and principal (`limits.calls_per_minute`).
    pub calls_per_minute: u32,
    /// Calls under way at once, over all doors (`limits.concurrent_calls`).
    pub concurrent_calls: usize,
    /// Calls that may wait for one of these to end (`limits.waiting_calls`).
    pub waiting_calls: usize,
    /// How long they wait (`limits.waiting_ms`).
    pub waiting_time: Duration,
    /// Calls that compute for long, such as searches, at once (`limits.heavy_calls`).
    pub heavy_calls: usize,
    /// How long more of them wait for one of these to end (`limits.heavy_waiting_ms`).
    pub heavy_waiting: Duration,
    /// How long a call may take, unless its tool says otherwise (`limits.call_seconds`).
    pub call_timeout: Duration,
    /// The largest answer in bytes, before it is cut (`limits.result_bytes`).
    pub result_bytes: usize,
    /// How long a `requestState` may be answered (`limits.answer_seconds`).
    pub answer_timeout: Duration,
    /// How long a process that is not heard of is believed to live (`limits.lease_seconds`).
    pub lease: Duration,
    /// After how long a call becomes a task, where its client and its tool allow that
    /// (`tasks.patience_seconds`).
    pub patience: Duration,
    /// How long a task is kept after it began (`tasks.keep_seconds`).
    pub task_kept: Duration,
    /// How many open tasks a principal may have (`tasks.per_principal`).
    pub open_tasks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_per_minute: 6_000,
            concurrent_calls: 100,
            waiting_calls: 1_000,
            waiting_time: Duration::from_millis(250),
            heavy_calls: 4,
            heavy_waiting: Duration::from_millis(550),
            call_timeout: Duration::from_secs(60),
            result_bytes: 1024 * 1024,
            answer_timeout: Duration::from_secs(600),
            lease: Duration::from_secs(20),
            patience: Duration::from_secs(10),
            task_kept: Duration::from_secs(24 * 60 * 60),
            open_tasks: 1_000,
        }
    }
}
