//! Whether what was read of who may do what still holds: keys, principals, tools that are off.
//!
//! One number in the store rises with every change of these (`migrations/0015_authority.sql`). While calls
//! come it is asked twice a second, however many keys and tenants they have, and what was read under it
//! holds as long as it is the same: for at most half a second longer than is true, and no longer at all
//! in the process that makes the change and says so.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use genkan_core::Result;

use crate::{Store, SystemTx, db::fetch_one};

/// How long the number counts once it was asked for.
const COUNTS: Duration = Duration::from_millis(500);

/// A state of who may do what. Of two that are equal nothing was changed between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Authority(i64);

/// The number as it was last asked for.
#[derive(Debug)]
pub(crate) struct LastAsked {
    begun: Instant,
    number: AtomicI64,
    /// How long it counts, in nanoseconds since `begun`.
    until: AtomicU64,
    /// How often it was doubted; held while any of this changes.
    doubts: Mutex<u64>,
    /// Held by who asks.
    asking: tokio::sync::Mutex<()>,
}

impl LastAsked {
    pub(crate) fn new(begun: Instant) -> Self {
        Self {
            begun,
            number: AtomicI64::new(0),
            until: AtomicU64::new(0),
            doubts: Mutex::new(0),
            asking: tokio::sync::Mutex::new(()),
        }
    }

    fn held(&self, now: Instant) -> Option<Authority> {
        // A number that stands there by now was asked for later still.
        let counts = self.since_begun(now) < self.until.load(Ordering::Acquire);
        counts.then(|| Authority(self.number.load(Ordering::Acquire)))
    }

    fn doubt(&self) {
        let mut doubts = self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        *doubts += 1;
        self.until.store(0, Ordering::Release);
    }

    fn doubts(&self) -> u64 {
        *self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a number, unless it was doubted since it was asked for.
    fn keep(&self, number: i64, asked: Instant, doubts: u64) {
        let now = self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        if *now == doubts {
            self.number.store(number, Ordering::Release);
            self.until
                .store(self.since_begun(asked + COUNTS), Ordering::Release);
        }
    }

    fn since_begun(&self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.begun);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Store {
    /// Who may do what, if that was asked for less than half a second before `now`.
    pub fn authority_held(&self, now: Instant) -> Option<Authority> {
        self.authority_asked().held(now)
    }

    /// Who may do what. Many calls at once ask the store once.
    pub async fn authority(&self, now: Instant) -> Result<Authority> {
        let last = self.authority_asked();
        if let Some(held) = last.held(now) {
            return Ok(held);
        }
        // Boxed, since it is rare, large, and would make every call's future as large.
        Box::pin(async {
            let _asking = last.asking.lock().await;
            if let Some(held) = last.held(now) {
                return Ok(held);
            }
            let doubts = last.doubts();
            let number = self.system_read().await?.authority_number().await?;
            last.keep(number, now, doubts);
            Ok(Authority(number))
        })
        .await
    }

    /// Has whatever was read before now read anew: something of it was changed.
    pub fn doubt_authority(&self) {
        self.authority_asked().doubt();
    }
}

impl SystemTx {
    async fn authority_number(&mut self) -> Result<i64> {
        let (number,): (i64,) = fetch_one!(self, "SELECT version FROM authority")?;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn a_number_counts_for_half_a_second_and_not_once_it_is_doubted() {
        let begun = Instant::now();
        let last = LastAsked::new(begun);
        let later = |millis| begun + Duration::from_millis(millis);
        assert_eq!(last.held(begun), None);
        last.keep(7, later(100), last.doubts());
        assert_eq!(last.held(later(599)), Some(Authority(7)));
        assert_eq!(last.held(later(600)), None);

        // Doubted while it was asked for: it may be from before the change.
        let doubts = last.doubts();
        last.doubt();
        assert_eq!(last.held(later(200)), None);
        last.keep(7, later(200), doubts);
        assert_eq!(last.held(later(200)), None);
        last.keep(8, later(200), last.doubts());
        assert_eq!(last.held(later(200)), Some(Authority(8)));
    }
}
