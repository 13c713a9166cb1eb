//! The memory of this process: measured, cleaned up in good time, and no calls beyond its limit.

use std::{sync::Arc, time::Duration};

use genkan_core::{Live, lifecycle::Lifecycle};
use genkan_engine::Engine;
use metrics::{describe_gauge, gauge};
use tracing::{info, warn};

use crate::{platform::machine::resident_bytes, settings::Settings};

/// How often it is measured.
const EVERY: Duration = Duration::from_millis(500);
/// From this share of the limit on, in percent, what is idle is forgotten.
const CLEAN: u64 = 80;
/// Below this share calls are served again.
const WELL: u64 = 95;
const MIB: u64 = 1024 * 1024;
/// The name by which dashboards know it.
const RESIDENT: &str = "process_resident_memory_bytes";

/// Begins to measure. On a system that does not tell there is no limit.
pub(super) fn start(settings: Live<Settings>, engine: Arc<Engine>, lifecycle: &Lifecycle) {
    describe_gauge!(RESIDENT, "Memory that this process has in use");
    let stop = lifecycle.soft_stop().clone();
    let mut guard = Guard {
        engine,
        is_clean: true,
        is_short: false,
    };
    let mut ticks = tokio::time::interval(EVERY);
    lifecycle.start("memory", async move {
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Some(used) = resident_bytes() {
                let limit = settings.get().limits.memory_mb.get().saturating_mul(MIB);
                guard.look(used, limit);
            }
        }
    });
}

struct Guard {
    engine: Arc<Engine>,
    /// Nothing was forgotten since the memory was last well below its limit.
    is_clean: bool,
    is_short: bool,
}

impl Guard {
    fn look(&mut self, used: u64, limit: u64) {
        #[allow(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
        gauge!(RESIDENT).set(used as f64);
        let (used_mib, limit_mib) = (used / MIB, limit / MIB);
        let is_above = |percent: u64| used > limit / 100 * percent;
        if !is_above(CLEAN) {
            self.is_clean = true;
        } else if self.is_clean {
            self.is_clean = false;
            self.engine.forget_idle();
            info!(
                "{used_mib} of {limit_mib} MiB are in use: callers and lists that are idle were forgotten"
            );
        }
        if !self.is_short && used > limit {
            self.is_short = true;
            self.engine.hold_back(true);
            warn!(
                "{used_mib} MiB are in use, more than `limits.memory_mb` ({limit_mib}): calls are refused"
            );
        } else if self.is_short && !is_above(WELL) {
            self.is_short = false;
            self.engine.hold_back(false);
            info!("{used_mib} of {limit_mib} MiB are in use: calls are served again");
        }
    }
}
