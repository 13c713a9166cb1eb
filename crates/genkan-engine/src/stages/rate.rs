//! Rate: how often a principal may call. One limit per principal, counted in this process.

use std::num::NonZeroU32;

use genkan_core::{
    Code, Error, Live, Principal, Result,
    id::{PrincipalId, TenantId},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use serde_json::json;

/// The limiter (GCRA): a full minute's calls at once, then evenly.
pub(crate) struct Rate {
    counted: Live<Counted>,
    clock: DefaultClock,
}

struct Counted {
    limiter: DefaultKeyedRateLimiter<(TenantId, PrincipalId)>,
    per_minute: NonZeroU32,
}

impl Counted {
    fn new(per_minute: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            per_minute,
        }
    }
}

impl Rate {
    pub(crate) fn new(calls_per_minute: u32) -> Self {
        Self {
            counted: Live::new(Counted::new(at_least_one(calls_per_minute))),
            clock: DefaultClock::default(),
        }
    }

    /// Counts anew by another limit. The same limit forgets nothing.
    pub(crate) fn set(&self, calls_per_minute: u32) {
        let per_minute = at_least_one(calls_per_minute);
        if self.counted.get().per_minute != per_minute {
            self.counted.set(Counted::new(per_minute));
        }
    }

    /// Counts a call, or refuses it and says how long to wait.
    pub(super) fn check(&self, principal: &Principal) -> Result<()> {
        let key = (principal.tenant.clone(), principal.id.clone());
        let counted = self.counted.get();
        let Err(refused) = counted.limiter.check_key(&key) else {
            return Ok(());
        };
        let seconds = refused
            .wait_time_from(self.clock.now())
            .as_secs_f64()
            .ceil()
            .max(1.0);
        let message = format!(
            "more than {} calls per minute by this caller",
            counted.per_minute
        );
        Err(Error::new(Code::RateLimited, message).data(json!({ "retryAfterSeconds": seconds })))
    }

    /// Forgets principals that have not called for a while.
    pub(crate) fn forget_idle(&self) {
        self.counted.get().limiter.retain_recent();
    }
}

fn at_least_one(calls_per_minute: u32) -> NonZeroU32 {
    NonZeroU32::new(calls_per_minute).unwrap_or(NonZeroU32::MIN)
}
