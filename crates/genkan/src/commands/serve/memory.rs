//! The memory of this process: measured, cleaned up in good time, and no calls beyond its limit.

use std::{sync::Arc, time::Duration};

use genkan_core::{Live, lifecycle::Lifecycle};
use genkan_engine::Engine;
use metrics::{describe_gauge, gauge};
use tracing::{info, warn};

use crate::{platform::machine::resident_bytes, settings::Settings};

/// How often it is measured.
const EVERY: Duration = Duration::from_millis(500);
/// From this share of the limit on, in percent, memory is given back.
const CLEAN: u64 = 80;
/// After how many looks it is given back again, while there is no less in use.
const AGAIN: u32 = 20;
/// Below this share calls are served again.
const WELL: u64 = 95;
const MIB: u64 = 1024 * 1024;
/// The name by which dashboards know it.
const RESIDENT: &str = "process_resident_memory_bytes";

/// Begins to measure. On a system that does not tell there is no limit.
pub(super) fn start(settings: Live<Settings>, engine: Arc<Engine>, lifecycle: &Lifecycle) {
    describe_gauge!(RESIDENT, "Memory that this process has in use");
    let stop = lifecycle.soft_stop().clone();
    let mut guard = Guard::default();
    let mut ticks = tokio::time::interval(EVERY);
    lifecycle.start("memory", async move {
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Some(used) = resident_bytes() {
                let limit = settings.get().limits.memory_mb.get().saturating_mul(MIB);
                #[allow(clippy::cast_precision_loss, reason = "exact up to 8 PiB")]
                gauge!(RESIDENT).set(used as f64);
                let (used_mib, limit_mib) = (used / MIB, limit / MIB);
                for step in guard.look(used, limit) {
                    take(step, &engine, used_mib, limit_mib);
                }
            }
        }
    });
}

/// Does what is to be done, and says so.
fn take(step: Step, engine: &Engine, used_mib: u64, limit_mib: u64) {
    match step {
        Step::GiveBack => {
            engine.give_back();
            info!(
                "{used_mib} of {limit_mib} MiB are in use: idle callers and lists, and the oldest fifth of \
                 kept answers, were forgotten"
            );
        }
        Step::Refuse => {
            engine.hold_back(true);
            warn!(
                "{used_mib} MiB are in use, more than `limits.memory_mb` ({limit_mib}): calls are refused"
            );
        }
        Step::Serve => {
            engine.hold_back(false);
            info!("{used_mib} of {limit_mib} MiB are in use: calls are served again");
        }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    GiveBack,
    Refuse,
    Serve,
}

/// What it was like so far.
#[derive(Default)]
struct Guard {
    /// How many looks ago memory was given back, unless it was well below its limit since.
    given_back: Option<u32>,
    is_short: bool,
}

impl Guard {
    /// Looks at how much is in use, and says what follows from it.
    fn look(&mut self, used: u64, limit: u64) -> impl Iterator<Item = Step> + use<> {
        let is_above = |percent: u64| used > limit / 100 * percent;
        self.given_back = match self.given_back {
            _ if !is_above(CLEAN) => None,
            Some(looks) if looks < AGAIN => Some(looks + 1),
            _ => Some(0),
        };
        let turn = match self.is_short {
            false if used > limit => Some(Step::Refuse),
            true if !is_above(WELL) => Some(Step::Serve),
            _ => None,
        };
        self.is_short ^= turn.is_some();
        let given_back = (self.given_back == Some(0)).then_some(Step::GiveBack);
        given_back.into_iter().chain(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::{AGAIN, Guard, Step};

    /// What follows from each share of the limit, one look after the other.
    fn after(shares: &[u64]) -> Vec<Vec<Step>> {
        let mut guard = Guard::default();
        let look = |share: &u64| guard.look(share * 1_000, 100_000).collect();
        shares.iter().map(look).collect()
    }

    #[test]
    fn memory_is_given_back_above_four_fifths_of_the_limit_and_calls_are_refused_beyond_it() {
        use Step::{GiveBack, Refuse, Serve};
        assert_eq!(
            after(&[80, 81, 90, 79, 81, 100, 101, 101, 96, 95, 50]),
            [
                vec![],
                vec![GiveBack],
                vec![],
                vec![],
                vec![GiveBack],
                vec![],
                vec![Refuse],
                vec![],
                vec![],
                vec![Serve],
                vec![],
            ]
        );
    }

    #[test]
    fn it_is_given_back_again_while_nothing_helps() {
        let looks = usize::try_from(AGAIN).unwrap() + 1;
        let steps = after(&vec![85; 2 * looks]);
        let given = |look: usize| steps[look] == [Step::GiveBack];
        assert!(given(0) && given(looks));
        assert_eq!((0..2 * looks).filter(|look| given(*look)).count(), 2);
    }
}
