//! Rate: how often a principal may call. One limit per principal, counted in this process and, where
//! there is a Redis, for all instances together.
//!
//! This process always counts, since that is nearly free: who calls too often here needs no trip to
//! Redis to be refused, and when Redis goes away the limit of one instance holds from the next call on.

use std::{num::NonZeroU32, time::Duration};

use genkan_core::{
    Code, Error, Live, Principal, Result,
    id::{PrincipalId, TenantId},
};
use genkan_store::{Counted as CountedByAll, Redis};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use serde_json::json;

/// The limiter (GCRA): a full minute's calls at once, then evenly.
pub(crate) struct Rate {
    counted: Live<Counted>,
    clock: DefaultClock,
    /// Where the instances count together.
    redis: Option<Redis>,
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
    pub(crate) fn new(calls_per_minute: u32, redis: Option<Redis>) -> Self {
        Self {
            counted: Live::new(Counted::new(at_least_one(calls_per_minute))),
            clock: DefaultClock::default(),
            redis,
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
    pub(super) async fn check(&self, principal: &Principal) -> Result<()> {
        let key = (principal.tenant.clone(), principal.id.clone());
        let counted = self.counted.get();
        if let Err(refused) = counted.limiter.check_key(&key) {
            let wait = refused.wait_time_from(self.clock.now());
            return Err(too_often(counted.per_minute, wait));
        }
        if let Some(redis) = &self.redis {
            let (tenant, id) = (&principal.tenant, &principal.id);
            // Boxed, since it would make every call's future larger where there is no Redis.
            let counting = Box::pin(redis.count_call(tenant, id, counted.per_minute));
            if let Some(CountedByAll::Refused { wait }) = counting.await {
                return Err(too_often(counted.per_minute, wait));
            }
        }
        Ok(())
    }

    /// Forgets principals that have not called for a while.
    pub(crate) fn forget_idle(&self) {
        self.counted.get().limiter.retain_recent();
    }
}

fn at_least_one(calls_per_minute: u32) -> NonZeroU32 {
    NonZeroU32::new(calls_per_minute).unwrap_or(NonZeroU32::MIN)
}

fn too_often(per_minute: NonZeroU32, wait: Duration) -> Error {
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    let message = format!("more than {per_minute} calls per minute by this caller");
    Error::new(Code::RateLimited, message).data(json!({ "retryAfterSeconds": seconds }))
}
