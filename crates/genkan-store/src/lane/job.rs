//! What a lane is given: a record, a call's effect with its record, or a write of the house.

use std::time::Instant;

use futures_util::future::BoxFuture;
use genkan_core::{Error, Result, id::TenantId, outcome::Disposition, record::Record};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{Pending, SystemTx, TenantTx};

/// One entry of a lane's queue. It keeps its place in the queue until it is durable.
pub(crate) struct Job {
    /// Whose it is; jobs of a group are sorted by it. `None` comes first.
    pub(super) tenant: Option<TenantId>,
    pub(super) work: Work,
    pub(super) entry: Option<Entry>,
    _permit: OwnedSemaphorePermit,
    /// How the work went in the present attempt.
    pub(super) outcome: Result<()>,
}

/// A record to be written.
pub(super) struct Entry {
    pub(super) record: Record,
    /// When the call began, where the lane is to say how long it took and how it ended.
    pub(super) begun: Option<Instant>,
}

/// What is to be done besides recording.
pub(crate) enum Work {
    /// Nothing.
    None,
    /// A call's effect.
    Tenant(Box<dyn Run<TenantTx>>),
    /// A write of the house.
    System(Box<dyn Run<SystemTx>>),
    /// Tell when everything before is durable.
    Flush(oneshot::Sender<()>),
}

impl Job {
    /// A record alone.
    pub(crate) fn of_record(mut record: Record, permit: OwnedSemaphorePermit) -> Self {
        clean(&mut record);
        let tenant = Some(record.tenant.clone());
        let entry = Some(Entry {
            record,
            begun: None,
        });
        Self {
            tenant,
            work: Work::None,
            entry,
            _permit: permit,
            outcome: Ok(()),
        }
    }

    /// A record of which is known how it ended, and a write of the house that belongs to it.
    pub(crate) fn of_record_with(record: Record, permit: OwnedSemaphorePermit, work: Work) -> Self {
        Self {
            work,
            ..Self::of_record(record, permit)
        }
    }

    /// A call's effect and its record.
    pub(crate) fn of_call(tenant: TenantId, pending: Pending, work: Work) -> Self {
        let Pending {
            place,
            mut record,
            begun,
        } = pending;
        // One tenant, one chain: the effect and its record cannot belong to two.
        record.tenant = tenant.clone();
        clean(&mut record);
        let entry = Some(Entry {
            record,
            begun: Some(begun),
        });
        Self {
            tenant: Some(tenant),
            work,
            entry,
            _permit: place.into_permit(),
            outcome: Ok(()),
        }
    }

    /// A write of the house, perhaps in the lane of a tenant, or a flush.
    pub(crate) fn of_house(
        tenant: Option<TenantId>,
        permit: OwnedSemaphorePermit,
        work: Work,
    ) -> Self {
        Self {
            tenant,
            work,
            entry: None,
            _permit: permit,
            outcome: Ok(()),
        }
    }

    /// Whether it is nothing but a record.
    pub(super) fn is_record(&self) -> bool {
        matches!(self.work, Work::None)
    }

    /// Whether it writes something together with its record.
    pub(super) fn is_recorded_write(&self) -> bool {
        match self.work {
            Work::Tenant(_) => true,
            Work::System(_) => self.entry.is_some(),
            Work::None | Work::Flush(_) => false,
        }
    }

    /// Answers whoever waits. What remains is the record alone.
    pub(super) fn answer(&mut self) {
        let outcome = std::mem::replace(&mut self.outcome, Ok(()));
        match std::mem::replace(&mut self.work, Work::None) {
            Work::Tenant(work) => work.answer(outcome),
            Work::System(work) => work.answer(outcome),
            Work::None | Work::Flush(_) => {}
        }
    }

    /// Fails the work, as its record will say, and answers.
    pub(super) fn fail(&mut self, error: Error, now: Instant) {
        if self.is_record() {
            return;
        }
        self.conclude(Disposition::Failed(error.code()), now);
        self.outcome = Err(error);
        self.answer();
    }

    /// Notes in the record how the work ended and how long the call took.
    pub(super) fn conclude(&mut self, disposition: Disposition, now: Instant) {
        if let Some(Entry {
            record,
            begun: Some(begun),
        }) = &mut self.entry
        {
            record.disposition = disposition;
            record.duration = now.saturating_duration_since(*begun);
        }
    }
}

/// Replaces what PostgreSQL cannot hold in a text. Callers choose these two freely.
fn clean(record: &mut Record) {
    for text in [&mut record.subject, &mut record.personal.source] {
        if let Some(dirty) = text.as_deref().filter(|text| text.contains('\0')) {
            *text = Some(dirty.replace('\0', "\u{fffd}").into());
        }
    }
}

/// Work on a transaction of one kind, whatever it returns.
pub(crate) trait Run<Tx>: Send {
    /// Runs it, keeping what it returns.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Result<()>>;
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// Sends what it returned, or the error.
    fn answer(self: Box<Self>, outcome: Result<()>);
}

/// An effect with its caller.
pub(crate) struct Effect<T, F> {
    effect: F,
    value: Option<T>,
    answer: oneshot::Sender<Result<T>>,
    cancel: Option<CancellationToken>,
}

impl<T, F> Effect<T, F> {
    pub(crate) fn new(
        effect: F,
        answer: oneshot::Sender<Result<T>>,
        cancel: Option<CancellationToken>,
    ) -> Self {
        Self {
            effect,
            value: None,
            answer,
            cancel,
        }
    }
}

impl<Tx, T, F> Run<Tx> for Effect<T, F>
where
    Tx: Send,
    T: Send,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Result<()>> {
        // Called within the future, so that a panic of either part is caught alike.
        Box::pin(async move {
            let running = (self.effect)(tx);
            self.value = Some(running.await?);
            Ok(())
        })
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
            || self
                .cancel
                .as_ref()
                .is_some_and(CancellationToken::is_cancelled)
    }

    fn answer(self: Box<Self>, outcome: Result<()>) {
        let Self { value, answer, .. } = *self;
        let value = outcome.and_then(|()| {
            value.ok_or_else(|| Error::internal("an effect was answered before it ran"))
        });
        // Nobody may be waiting any more; the record says how it went.
        let _ = answer.send(value);
    }
}
