//! How many streams of changes each principal has open. Bounded, since a stream costs memory for as
//! long as its client likes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use genkan_core::{
    Code, Error, Principal, Result,
    id::{PrincipalId, TenantId},
};

type Key = (TenantId, PrincipalId);

/// The streams of this house.
#[derive(Debug)]
pub(crate) struct Places {
    taken: Mutex<HashMap<Key, usize>>,
}

/// One stream; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    key: Key,
}

impl Places {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            taken: Mutex::default(),
        })
    }

    /// Takes a place for one more stream of the principal, who may have so many.
    pub(crate) fn take(self: &Arc<Self>, principal: &Principal, each: usize) -> Result<Place> {
        let key = (principal.tenant.clone(), principal.id.clone());
        let mut taken = self.lock();
        let count = taken.entry(key.clone()).or_default();
        if *count >= each {
            return Err(Error::new(
                Code::Overloaded,
                format!("this caller has {each} streams of changes already"),
            )
            .hint("End streams that are not needed, or raise `limits.listens_per_principal`."));
        }
        *count += 1;
        Ok(Place {
            places: Arc::clone(self),
            key,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}
