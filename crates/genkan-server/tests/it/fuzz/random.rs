//! Numbers that look like chance and come again with the same seed.

use std::{
    env,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// SplitMix64.
#[derive(Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    pub(super) fn one<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// The cases of one run: each has a seed of its own, by which it can be played alone.
pub(super) struct Cases {
    next: u64,
    end: Option<Instant>,
}

impl Cases {
    /// For a while; or the single case of `GENKAN_TEST_FUZZ_SEED`. The gate plays the same cases
    /// every time, as many as it has time for; the soak plays others each time, and longer.
    pub(super) fn new(gate: Duration) -> Self {
        if let Ok(seed) = env::var("GENKAN_TEST_FUZZ_SEED") {
            let next = seed.parse().expect("GENKAN_TEST_FUZZ_SEED is a number");
            return Self { next, end: None };
        }
        let soak = env::var_os("GENKAN_TEST_SOAK").is_some();
        let time = if soak {
            Duration::from_secs(1_200)
        } else {
            gate
        };
        Self {
            next: if soak { somewhere() } else { 0 },
            end: Some(Instant::now() + time),
        }
    }

    /// The seed of the next case, while there is time.
    pub(super) fn next(&mut self) -> Option<u64> {
        match self.end {
            Some(end) if Instant::now() >= end => None,
            Some(_) => {
                self.next += 1;
                Some(self.next)
            }
            None => {
                // Played once: the next time is over at once.
                self.end = Some(Instant::now());
                Some(self.next)
            }
        }
    }
}

/// Where no run began before, most likely.
fn somewhere() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Random::new(u64::try_from(since.as_nanos() & u128::from(u64::MAX)).unwrap()).next() >> 1
}
