//! Rate: how often a principal may call. One limit per principal, counted in this process.

use std::num::NonZeroU32;

use genkan_core::{
    Code, Error, Principal, Result,
    id::{PrincipalId, TenantId},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use serde_json::json;

/// The limiter (GCRA): a full minute's calls at once, then evenly.
pub(crate) struct Rate {
    limiter: DefaultKeyedRateLimiter<(TenantId, PrincipalId)>,
    clock: DefaultClock,
    per_minute: u32,
}

impl Rate {
    pub(crate) fn new(calls_per_minute: u32) -> Self {
        let per_minute = NonZeroU32::new(calls_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: RateLimiter::keyed(Quota::per_minute(per_minute)),
            clock: DefaultClock::default(),
            per_minute: per_minute.get(),
        }
    }

    /// Counts a call, or refuses it and says how long to wait.
    pub(super) fn check(&self, principal: &Principal) -> Result<()> {
        let key = (principal.tenant.clone(), principal.id.clone());
        let Err(refused) = self.limiter.check_key(&key) else {
            return Ok(());
        };
        let seconds = refused
            .wait_time_from(self.clock.now())
            .as_secs_f64()
            .ceil()
            .max(1.0);
        let message = format!(
            "more than {} calls per minute by this caller",
            self.per_minute
        );
        Err(Error::new(Code::RateLimited, message).data(json!({ "retryAfterSeconds": seconds })))
    }

    /// Forgets principals that have not called for a while.
    pub(crate) fn forget_idle(&self) {
        self.limiter.retain_recent();
    }
}
