//! Which messages are known to be whose: the memory that keeps a lost answer from taking another
//! call's message for its own.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

/// How many are remembered; only the newest matter.
const MOST: usize = 10_000;

/// Ids that belong to a call.
#[derive(Default)]
pub(super) struct Claims(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Claims {
    /// Takes a message for a call; `false` if another has it.
    pub(super) fn claim(&self, id: u64) -> bool {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !inner.known.insert(id) {
            return false;
        }
        inner.order.push_back(id);
        if inner.order.len() > MOST
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_belongs_to_one_call_for_as_long_as_it_is_remembered() {
        let claims = Claims::default();
        assert!(claims.claim(0));
        assert!(!claims.claim(0));
        let most = u64::try_from(MOST).unwrap();
        assert!((1..most).all(|id| claims.claim(id)));
        assert!(!claims.claim(0), "it is the oldest that is remembered");
        assert!(claims.claim(most));
        assert!(claims.claim(0), "and was forgotten for a newer one");
    }
}
