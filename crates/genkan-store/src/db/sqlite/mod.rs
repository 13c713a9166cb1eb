//! SQLite, called on the thread of whoever asks.
//!
//! A statement is a function call that takes microseconds: handing it to another thread and waiting
//! for the answer costs several times as much. A lane has a thread of its own, so its waiting for the
//! disk holds up nobody; a reader never waits for a writer.

mod connection;
mod pool;
mod row;

pub(crate) use connection::Connection;
pub(crate) use pool::{Lent, Pool};
pub(crate) use row::FromRow;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs what takes longer than a statement should, without making other tasks wait.
pub(crate) fn at_length<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
