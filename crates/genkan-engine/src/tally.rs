//! Like events summed up, so that a flood of them is one row per minute and not a flood of rows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use genkan_core::Code;

/// How many different sources are told apart; more are summed up under one name.
const SOURCES: usize = 10_000;

/// What makes two events alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    pub(crate) source: Arc<str>,
    pub(crate) code: Code,
}

/// Counts of events since they were last drained.
#[derive(Default)]
pub(crate) struct Tally(Mutex<HashMap<Kind, u32>>);

impl Tally {
    /// Counts an event. `true` for the first of its kind, which the caller records at once and
    /// which is therefore not counted.
    pub(crate) fn is_first(&self, kind: Kind) -> bool {
        let mut counts = self.lock();
        let crowded = counts.len() >= SOURCES && !counts.contains_key(&kind);
        let kind = if crowded {
            Kind {
                source: "others".into(),
                code: kind.code,
            }
        } else {
            kind
        };
        let mut first = false;
        counts
            .entry(kind)
            .and_modify(|count| *count = count.saturating_add(1))
            .or_insert_with(|| {
                first = true;
                0
            });
        first
    }

    /// Counts an event that nobody has recorded.
    pub(crate) fn add(&self, kind: Kind) {
        let mut counts = self.lock();
        let count = counts.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// Takes all counts and begins anew.
    pub(crate) fn drain(&self) -> Vec<(Kind, u32)> {
        let counts = std::mem::take(&mut *self.lock());
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Kind, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(source: &str) -> Kind {
        Kind {
            source: source.into(),
            code: Code::Unauthenticated,
        }
    }

    #[test]
    fn the_first_is_told_and_the_rest_are_summed() {
        let tally = Tally::default();
        assert!(tally.is_first(kind("a")));
        assert!(!tally.is_first(kind("a")) && !tally.is_first(kind("a")));
        assert!(tally.is_first(kind("b")));
        assert_eq!(tally.drain(), [(kind("a"), 2)]);
        assert!(tally.drain().is_empty() && tally.is_first(kind("a")));
    }

    #[test]
    fn a_flood_of_sources_stays_bounded() {
        let tally = Tally::default();
        for source in 0..2 * SOURCES {
            tally.is_first(kind(&source.to_string()));
        }
        let counts = tally.drain();
        assert_eq!(counts.len(), 1);
        assert_eq!(counts[0].0, kind("others"));
    }
}
