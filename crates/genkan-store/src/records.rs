//! The queue of records: a place is reserved before a call runs, so that leaving never waits.

use std::{sync::Arc, time::Instant};

use futures_util::future::BoxFuture;
use genkan_core::{Clock, Result, record::Record};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{
    SystemTx,
    lane::{Effect, Job, Lanes, Work},
    store::unanswered,
};

/// Where calls leave their records.
pub struct Records {
    lanes: Arc<Lanes>,
    clock: Arc<dyn Clock>,
}

impl Records {
    pub(crate) fn new(lanes: Arc<Lanes>, clock: Arc<dyn Clock>) -> Self {
        Self { lanes, clock }
    }

    /// Reserves the place of one record. A full queue makes this wait for up to a second.
    ///
    /// Errors: `overloaded` when it stays full, `shutting_down`.
    pub async fn reserve(&self) -> Result<Place> {
        Ok(Place {
            permit: self.lanes.reserve().await?,
            lanes: Arc::clone(&self.lanes),
        })
    }

    /// Waits until everything that was left before is durable.
    pub async fn flush(&self) -> Result<()> {
        self.lanes.flush().await
    }

    /// The clock that places are timed by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

/// A reserved place. Dropping it gives the place back without a record.
pub struct Place {
    permit: OwnedSemaphorePermit,
    lanes: Arc<Lanes>,
}

impl Place {
    /// Leaves the record. Never waits; the record is durable within 20 ms when the store is well,
    /// and as soon as the store is back otherwise.
    pub fn leave(self, record: Record) {
        let job = Job::of_record(record, self.permit);
        if let Err(error) = self.lanes.send(job) {
            tracing::error!(%error, "the record of a call came after the writers had ended and is lost");
        }
    }

    /// Leaves the record with a write of the house, in one transaction: no process can die between
    /// them. The record says how the call ended, whatever becomes of the write; it is written even
    /// where the write fails. The effect may run more than once.
    pub async fn leave_with<T, F>(self, record: Record, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut SystemTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work = Work::System(Box::new(Effect::new(effect, answer, None)));
        let job = Job::of_record_with(record, self.permit, work);
        self.lanes.send(job)?;
        answered.await.unwrap_or_else(|_| Err(unanswered()))
    }

    pub(crate) fn into_permit(self) -> OwnedSemaphorePermit {
        self.permit
    }
}

/// The record of a call that is about to write, with its place. The engine puts it into the
/// ticket; [`Store::write`](crate::Store::write) takes it out.
pub struct Pending {
    /// The reserved place.
    pub place: Place,
    /// The record begun. The lane fills in how it ended and how long it took.
    pub record: Record,
    /// When the call began.
    pub begun: Instant,
}
