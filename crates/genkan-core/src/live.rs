//! A value that is replaced as a whole while others read it: settings that change under open doors.

use std::{fmt, ops::Deref, sync::Arc};

use arc_swap::ArcSwap;

/// The present value. Reading takes no lock and never waits; clones share the value.
pub struct Live<T>(Arc<ArcSwap<T>>);

impl<T> Live<T> {
    /// The first value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(value)))
    }

    /// What holds now. Not to be kept over an `await`, or it grows old.
    pub fn get(&self) -> impl Deref<Target = Arc<T>> + use<T> {
        self.0.load()
    }

    /// Replaces it for whoever reads from now on.
    pub fn set(&self, value: T) {
        self.0.store(Arc::new(value));
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
