//! Leases of work that one instance does for all.

use std::time::Duration;

use super::{Redis, kept::milliseconds};

/// Gives the lease to who asks, unless another instance has it.
const SCRIPT: &str = "\
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1";

impl Redis {
    /// Takes or prolongs the lease of some work of the house, and says whether this instance has it;
    /// `None` if Redis cannot say it in time.
    pub async fn hold(&self, work: &str, lifetime: Duration) -> Option<bool> {
        let mut command = redis::cmd("EVAL");
        command
            .arg(SCRIPT)
            .arg(1)
            .arg(self.0.name(&format!("lease:{work}")))
            .arg(&self.0.options.instance)
            .arg(milliseconds(lifetime));
        self.0.ask(&command).await
    }
}
