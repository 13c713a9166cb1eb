//! Counts calls for all instances together: the same GCRA as in one process, by the clock of Redis.

use std::{num::NonZeroU32, time::Duration};

use genkan_core::id::{PrincipalId, TenantId};

use super::Redis;

/// What a minute's calls may use up at once, in microseconds.
const MINUTE_US: u64 = 60_000_000;

/// Moves the time at which everything is given back by one call's share, unless that would be more
/// than a minute away. Returns 0, or for how many microseconds to wait.
const SCRIPT: &str = "\
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local free = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + tonumber(ARGV[1])
local wait = free - now - tonumber(ARGV[2])
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', free), 'PX', math.ceil((free - now) / 1000))
return 0";

/// What came of counting a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It was counted.
    Allowed,
    /// It was one too many, and was not counted.
    Refused {
        /// For how long to wait.
        wait: Duration,
    },
}

impl Redis {
    /// Counts a call of a principal on whatever instance; `None` if Redis cannot say it in time. One
    /// round trip; none while Redis is away or in doubt.
    pub async fn count_call(
        &self,
        tenant: &TenantId,
        principal: &PrincipalId,
        per_minute: NonZeroU32,
    ) -> Option<Counted> {
        let (tenant, principal) = (tenant.as_str(), principal.as_str());
        let mut command = redis::cmd("EVAL");
        command
            .arg(SCRIPT)
            .arg(1)
            .arg(self.0.name(&format!("rate:{tenant}:{principal}")))
            .arg((MINUTE_US / u64::from(per_minute.get())).max(1))
            .arg(MINUTE_US);
        let wait_us: u64 = self.0.ask(&command).await?;
        Some(match wait_us {
            0 => Counted::Allowed,
            wait_us => Counted::Refused {
                wait: Duration::from_micros(wait_us),
            },
        })
    }
}
