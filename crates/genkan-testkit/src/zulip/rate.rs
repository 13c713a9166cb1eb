//! The rate limit: so many requests in a sliding window, per user.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http::{HeaderMap, HeaderValue};

pub(super) struct Rate {
    limit: u32,
    window: Duration,
    used: Mutex<HashMap<u64, Vec<Instant>>>,
    refused: AtomicUsize,
}

/// Where a user stands after a request.
pub(super) struct Standing {
    limit: u32,
    remaining: usize,
    reset: u64,
    /// How long to wait, if the request is refused.
    pub(super) wait: Option<f64>,
}

impl Rate {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit,
            window,
            used: Mutex::default(),
            refused: AtomicUsize::new(0),
        }
    }

    /// Counts one request of a user.
    pub(super) fn count(&self, user: u64) -> Standing {
        let now = Instant::now();
        let mut used = self.used.lock().unwrap();
        let times = used.entry(user).or_default();
        times.retain(|at| now.duration_since(*at) < self.window);
        let is_refused = times.len() >= self.limit as usize;
        let wait = is_refused.then(|| {
            let oldest = times
                .first()
                .map_or(Duration::ZERO, |at| now.duration_since(*at));
            (self.window - oldest).as_secs_f64()
        });
        if is_refused {
            self.refused.fetch_add(1, Ordering::SeqCst);
        } else {
            times.push(now);
        }
        let free = times.last().map_or(Duration::ZERO, |_| self.window);
        let reset = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + free;
        Standing {
            limit: self.limit,
            remaining: (self.limit as usize).saturating_sub(times.len()),
            reset: reset.as_secs(),
            wait,
        }
    }

    pub(super) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

impl Standing {
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", self.limit.into());
        headers.insert("x-ratelimit-remaining", self.remaining.into());
        headers.insert("x-ratelimit-reset", self.reset.into());
        if let Some(wait) = self.wait {
            let wait = HeaderValue::from_str(&wait.to_string()).unwrap();
            headers.insert("retry-after", wait);
        }
    }
}
