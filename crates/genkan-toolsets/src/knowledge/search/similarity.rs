//! How alike two entries are: a hint that they may contradict or repeat each other.

use std::cmp::Ordering;

use super::profile::{self, Written};

/// From here on two entries are reported as a likely conflict.
pub(crate) const LIKELY: f64 = 0.4;

/// The likeness of two entries, 0–1, from the terms and frequencies of their profiles.
///
/// The mean of two Jaccard measures: over the terms of the contexts, since they say what an entry
/// is about, and over all terms.
pub(crate) fn similarity(a: (&str, &str), b: (&str, &str)) -> f64 {
    let mut all = Overlap::default();
    let mut contexts = Overlap::default();
    let mut left = profile::read(a.0, a.1).peekable();
    let mut right = profile::read(b.0, b.1).peekable();
    loop {
        let side = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((one, _)), Some((other, _))) => one.cmp(other),
        };
        let one = if side.is_le() { left.next() } else { None };
        let other = if side.is_ge() { right.next() } else { None };
        let in_context =
            |item: Option<(&str, Written<'_>)>| item.is_some_and(|(_, f)| f.read().context > 0);
        all.add(one.is_some(), other.is_some());
        contexts.add(in_context(one), in_context(other));
    }
    f64::midpoint(all.jaccard(), contexts.jaccard())
}

#[derive(Default)]
struct Overlap {
    either: u32,
    both: u32,
}

impl Overlap {
    fn add(&mut self, one: bool, other: bool) {
        self.either += u32::from(one || other);
        self.both += u32::from(one && other);
    }

    fn jaccard(&self) -> f64 {
        if self.either == 0 {
            0.0
        } else {
            f64::from(self.both) / f64::from(self.either)
        }
    }
}
