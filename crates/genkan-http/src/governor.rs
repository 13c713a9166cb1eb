//! Keeps within the rate limit that the other side states, by waiting before instead of failing
//! after: one governor per origin and identity.
//!
//! It reads `X-RateLimit-Limit`, `-Remaining` and `-Reset`, and `Retry-After`. Requests under way
//! count as if the other side had not counted them yet, so that the limit is never exceeded by this
//! process; other users of the same limit show as fewer remaining, or as 429.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use genkan_core::Clock;
use http::{HeaderMap, StatusCode};
use tokio::sync::Notify;

use crate::retry;

/// Longer than this nobody is told to wait: a wrong clock over there must not stop the house.
const LONGEST: Duration = Duration::from_secs(3_600);
/// Whoever was refused waits this long at least.
const SHORTEST: Duration = Duration::from_millis(50);
/// The other side tells whole seconds and cuts the fraction.
const CUT: Duration = Duration::from_secs(1);
/// When it says nothing of how long.
const SILENT: Duration = Duration::from_secs(1);

/// The governor of one identity at one origin.
pub(crate) struct Governor {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    limit: Option<u64>,
    window: Option<Window>,
    paused_until: Option<Instant>,
    under_way: u64,
}

/// What is left until when.
struct Window {
    remaining: u64,
    until: Instant,
}

/// One request that counts; it stops counting when this is dropped.
pub(crate) struct Pass<'a>(&'a Governor);

impl Governor {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Waits until the limit seems to leave room; `false` if it does not until this moment.
    pub(crate) async fn room(&self, last: Instant) -> bool {
        loop {
            let changed = self.changed.notified();
            let wake = {
                let now = self.clock.monotonic();
                let mut state = self.lock();
                match state.room_at(now) {
                    None => return true,
                    Some(at) if at > last && state.under_way == 0 => return false,
                    Some(at) => at.min(last),
                }
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(wake.into()) => {
                    if self.clock.monotonic() >= last {
                        return false;
                    }
                }
            }
        }
    }

    /// Whether it is known to leave room by this moment.
    pub(crate) fn opens_by(&self, last: Instant) -> bool {
        let now = self.clock.monotonic();
        self.lock().room_at(now).is_none_or(|at| at <= last)
    }

    /// Counts a request that is about to be sent; `None` if others took the room.
    pub(crate) fn enter(&self) -> Option<Pass<'_>> {
        let mut state = self.lock();
        if state.room_at(self.clock.monotonic()).is_some() {
            return None;
        }
        state.under_way += 1;
        Some(Pass(self))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// `None` if there is room now, else when there may be.
    fn room_at(&mut self, now: Instant) -> Option<Instant> {
        if let Some(until) = self.paused_until {
            if until > now {
                return Some(until);
            }
            self.paused_until = None;
        }
        if self
            .window
            .as_ref()
            .is_some_and(|window| window.until <= now)
        {
            self.window = None;
        }
        match (&self.window, self.limit) {
            (Some(window), _) => (window.remaining <= self.under_way).then_some(window.until),
            // A new window, of which nothing is known but its size.
            (None, Some(limit)) => (limit <= self.under_way).then_some(now + CUT),
            (None, None) => None,
        }
    }
}

impl Pass<'_> {
    /// Learns from an answer. Returns whether it says that the limit was exceeded.
    pub(crate) fn learn(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        let clock = &self.0.clock;
        let (now, wall) = (clock.monotonic(), clock.now());
        let mut state = self.0.lock();
        let number = |name| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
        if let Some(limit) = number("x-ratelimit-limit").filter(|limit| *limit >= 1.0) {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be at least one; a cast of too much is the most"
            )]
            let limit = limit as u64;
            state.limit = Some(limit);
        }
        if let (Some(remaining), Some(reset)) =
            (number("x-ratelimit-remaining"), number("x-ratelimit-reset"))
        {
            #[allow(clippy::cast_precision_loss, reason = "a time of this century")]
            let left = reset - wall.as_millis() as f64 / 1_000.0;
            let left = Duration::try_from_secs_f64(left.max(0.0)).unwrap_or(LONGEST);
            state.learn_window(remaining, now + left.min(LONGEST) + CUT);
        }
        let is_refused = status == StatusCode::TOO_MANY_REQUESTS;
        if is_refused {
            let wait = retry::after(headers, wall).unwrap_or(SILENT);
            let wait = wait.clamp(SHORTEST, LONGEST);
            let until = state
                .paused_until
                .map_or(now + wait, |at| at.max(now + wait));
            state.paused_until = Some(until);
        }
        is_refused
    }
}

impl State {
    /// Answers overtake each other: within a window the least is true.
    fn learn_window(&mut self, remaining: f64, until: Instant) {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is negative is cut to nothing"
        )]
        let remaining = remaining.max(0.0) as u64;
        match &mut self.window {
            Some(window) if until <= window.until + CUT => {
                window.remaining = window.remaining.min(remaining);
                window.until = window.until.max(until);
            }
            window => *window = Some(Window { remaining, until }),
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way = state.under_way.saturating_sub(1);
        drop(state);
        self.0.changed.notify_waiters();
    }
}
