//! Randomness, passed in. Everything unguessable is made from here.

use std::cell::RefCell;

/// A source of random bytes.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator, fit for keys and tokens.
///
/// What is short (ids, nonces) comes from a buffer of the thread, since to ask the generator costs
/// much and hardly depends on how much is asked for. No byte is given out twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

/// What is no longer than this comes from the buffer; keys and secrets never lie in one.
const SHORT: usize = 16;
/// How much is asked for at once.
const BUFFER: usize = 512;

/// Random bytes of one thread, those before `next` given out and wiped.
struct Buffer {
    bytes: [u8; BUFFER],
    next: usize,
}

thread_local! {
    static SHORT_ONES: RefCell<Buffer> = const {
        RefCell::new(Buffer {
            bytes: [0; BUFFER],
            next: BUFFER,
        })
    };
}

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() > SHORT {
            return ask_the_system(buffer);
        }
        SHORT_ONES.with_borrow_mut(|ready| ready.give(buffer));
    }
}

impl Buffer {
    fn give(&mut self, wanted: &mut [u8]) {
        if BUFFER - self.next < wanted.len() {
            ask_the_system(&mut self.bytes);
            self.next = 0;
        }
        let given = &mut self.bytes[self.next..][..wanted.len()];
        wanted.copy_from_slice(given);
        given.fill(0);
        self.next += wanted.len();
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place that asks the system for randomness"
)]
fn ask_the_system(buffer: &mut [u8]) {
    aws_lc_rs::rand::fill(buffer).expect("BUG: the system generator cannot fail once seeded");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "each thread has a buffer")]
    fn short_and_long_ones_are_all_different_on_every_thread() {
        let draw = || {
            let mut drawn = Vec::new();
            for length in [8, 16, 32].into_iter().cycle().take(3_000) {
                let mut bytes = vec![0; length];
                SystemRandom.fill(&mut bytes);
                drawn.push(bytes);
            }
            drawn
        };
        let threads = [(); 4].map(|()| std::thread::spawn(draw));
        let drawn = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        let mut seen = HashSet::new();
        assert!(drawn.into_iter().all(|bytes| seen.insert(bytes)));
    }
}
