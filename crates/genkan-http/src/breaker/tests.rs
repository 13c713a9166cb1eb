//! The life of a breaker, with a clock that is moved by hand.

use std::sync::atomic::{AtomicU64, Ordering};

use genkan_core::{Timestamp, clock::SystemClock};

use super::*;

/// A monotonic clock that stands still until it is moved.
struct Still(Instant, AtomicU64);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    fn monotonic(&self) -> Instant {
        self.0 + Duration::from_secs(self.1.load(Ordering::SeqCst))
    }
}

fn breaker() -> (Arc<Still>, Breaker) {
    let clock = Arc::new(Still(SystemClock.monotonic(), AtomicU64::new(0)));
    let breaker = Breaker::new(clock.clone(), 2, Duration::from_secs(30));
    (clock, breaker)
}

#[test]
fn failures_in_a_row_open_it_and_one_success_closes_it() {
    let (clock, breaker) = breaker();
    assert!(!breaker.admit().ok().unwrap().ended(true));
    assert!(!breaker.admit().ok().unwrap().ended(false));
    assert!(!breaker.admit().ok().unwrap().ended(true));
    assert!(breaker.admit().ok().unwrap().ended(true));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(breaker.admit().err(), Some(Duration::from_secs(30)));
    clock.1.store(30, Ordering::SeqCst);
    assert_eq!(breaker.state(), State::Trying);
    let trial = breaker.admit().ok().unwrap();
    assert!(breaker.admit().is_err(), "only one tries");
    assert!(trial.ended(true), "it opens again at once");
    assert_eq!(breaker.state(), State::Open);
    clock.1.store(60, Ordering::SeqCst);
    assert!(!breaker.admit().ok().unwrap().ended(false));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_try_that_is_given_up_makes_room_for_the_next() {
    let (clock, breaker) = breaker();
    for _ in 0..2 {
        breaker.admit().ok().unwrap().ended(true);
    }
    clock.1.store(31, Ordering::SeqCst);
    drop(breaker.admit().ok().unwrap());
    assert!(breaker.admit().is_ok());
}

#[test]
fn a_reset_closes_it() {
    let (_, breaker) = breaker();
    for _ in 0..2 {
        breaker.admit().ok().unwrap().ended(true);
    }
    breaker.reset();
    assert_eq!(breaker.state(), State::Closed);
    assert!(!breaker.admit().ok().unwrap().ended(true));
}
