//! What was true a moment ago, found by its key at the cost of one look. Bounded in age and number.
//!
//! For what nearly every call asks: there is no order of use to keep, and nothing to tidy up on the
//! way, which is most of what looking into a cache costs.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

/// Values by key, each with the moment from which on it was true.
pub struct Recent<K, V> {
    kept: RwLock<HashMap<K, (Instant, V)>>,
    age: Duration,
    at_most: usize,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Nothing yet. Values are forgotten at this age, and all of them when there are too many.
    pub fn new(age: Duration, at_most: usize) -> Self {
        Self {
            kept: RwLock::default(),
            age,
            at_most,
        }
    }

    /// The value, unless it is too old.
    pub fn find<Q>(&self, key: &Q, now: Instant) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = kept.get(key)?;
        self.is_young(*since, now).then(|| value.clone())
    }

    /// Keeps a value that has been true since a moment.
    pub fn remember(&self, key: K, since: Instant, value: V) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.at_most {
            kept.retain(|_, (other, _)| self.is_young(*other, since));
        }
        if kept.len() >= self.at_most {
            kept.clear();
        }
        kept.insert(key, (since, value));
    }

    fn is_young(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) < self.age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn values_are_found_while_they_are_young() {
        let (recent, begun) = (Recent::new(Duration::from_secs(1), 2), Instant::now());
        let later = |millis| begun + Duration::from_millis(millis);
        recent.remember("a", begun, 1);
        assert_eq!(recent.find("a", later(999)), Some(1));
        assert_eq!(recent.find("a", later(1_000)), None);
        assert_eq!(recent.find("b", begun), None);
        recent.remember("a", later(500), 2);
        assert_eq!(recent.find("a", later(1_000)), Some(2));
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "any moment will do")]
    fn there_are_never_too_many() {
        let (recent, begun) = (Recent::new(Duration::from_secs(1), 3), Instant::now());
        for number in 0..100_u64 {
            let since = begun + Duration::from_millis(number * 400);
            recent.remember(number, since, number);
            assert_eq!(recent.find(&number, since), Some(number));
            assert!(recent.kept.read().unwrap().len() <= 3);
        }
    }
}
