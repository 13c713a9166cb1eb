//! The requests of one session or stream that are not answered yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use genkan_core::{Code, Error, Result};
use tokio_util::sync::CancellationToken;

use super::message::RequestId;

/// Finds a request by its id, so that it can be cancelled. Bounded.
#[derive(Debug)]
pub(crate) struct InFlight {
    limit: usize,
    calls: Mutex<HashMap<RequestId, CancellationToken>>,
}

/// One request under way; it leaves when dropped.
pub(crate) struct Flight {
    calls: Arc<InFlight>,
    id: RequestId,
    pub(crate) cancel: CancellationToken,
}

impl InFlight {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            calls: Mutex::default(),
        })
    }

    /// Enters a request, unless its id is in use or there are too many.
    pub(crate) fn enter(self: &Arc<Self>, id: &RequestId) -> Result<Flight> {
        let mut calls = self.lock();
        if calls.contains_key(id) {
            return Err(Error::new(
                Code::InvalidRequest,
                "the `id` belongs to a request that is still under way",
            ));
        }
        if calls.len() >= self.limit {
            return Err(Error::new(
                Code::Overloaded,
                format!("{} requests are under way already", self.limit),
            ));
        }
        let cancel = CancellationToken::new();
        calls.insert(id.clone(), cancel.clone());
        Ok(Flight {
            calls: Arc::clone(self),
            id: id.clone(),
            cancel,
        })
    }

    /// Cancels a request, if it is still under way.
    pub(crate) fn cancel(&self, id: &RequestId) {
        if let Some(cancel) = self.lock().get(id) {
            cancel.cancel();
        }
    }

    /// Cancels everything.
    pub(crate) fn cancel_all(&self) {
        self.lock().values().for_each(CancellationToken::cancel);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestId, CancellationToken>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.id);
    }
}
