//! For which request the present work is done, so that every line of the log can say it without
//! asking for it.
//!
//! A task-local and no span: a span for each request costs more than all the rare lines that need the
//! id. The doors say whose work begins ([`caused_by`]), tasks carry it on (`Lifecycle::start`), and the
//! log asks ([`current`]).

use std::future::Future;

use tokio::task::futures::TaskLocalFuture;

use crate::id::CorrelationId;

/// Work that knows for whom it is done.
pub type Carried<F> = TaskLocalFuture<Option<CorrelationId>, F>;

tokio::task_local! {
    static CURRENT: Option<CorrelationId>;
}

/// The id of the request that is being served here, if one is.
pub fn current() -> Option<CorrelationId> {
    CURRENT.try_with(Clone::clone).ok().flatten()
}

/// The work, done for the request of this id.
pub fn caused_by<F: Future>(id: CorrelationId, work: F) -> Carried<F> {
    CURRENT.scope(Some(id), work)
}

/// The same for work that never waits.
pub fn caused_by_now<T>(id: CorrelationId, work: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(Some(id), work)
}

/// The work, done for whom the present work is done for.
pub fn carried<F: Future>(work: F) -> Carried<F> {
    CURRENT.scope(current(), work)
}

/// The work, done for nobody in particular: it serves many requests, and one of them began it.
pub fn of_nobody<F: Future>(work: F) -> Carried<F> {
    CURRENT.scope(None, work)
}
