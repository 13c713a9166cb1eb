//! Lanes: tasks that own one write connection each, and turn what waits into groups.
//!
//! A group is one transaction: every effect in it, then all records, then the heads of the chains.
//! Groups form by themselves, from what arrived while the one before was committed. A tenant always
//! has the same lane, so its chain has one writer. A lane never drops a record: what cannot be
//! written now is kept, holds its place in the queue, and is tried again.

mod checkpoints;
mod connection;
mod effects;
mod group;
mod job;
mod kept;
mod lanes;
mod queue;
mod worker;

use std::sync::Arc;

use genkan_core::{Clock, Error, Random, Result, id::WriterId, lifecycle::Lifecycle};

use crate::{Location, Options, audit};

pub(crate) use job::{Effect, Job, Work};
pub(crate) use lanes::Lanes;

/// Starts the lanes.
///
/// SQLite writes to the disk within a function call, so its lane has a thread of its own; those of
/// PostgreSQL wait for a server and share the threads of everybody.
pub(crate) fn start(
    options: &Options,
    signer: &audit::Signer,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> Result<Arc<Lanes>> {
    let count = match options.location {
        Location::Sqlite(_) => 1,
        Location::Postgres(_) => options.lanes,
    };
    let lanes = Arc::new(Lanes::new(count, options.queue, options.gather));
    let writer = WriterId::generate(&**clock, &**random);
    for queue in lanes.queues() {
        let lane = worker::Lane::new(
            options,
            Arc::clone(queue),
            audit::Chains::new(writer.clone(), signer.clone(), Arc::clone(random)),
            Arc::clone(clock),
            Arc::clone(lanes.counts()),
        );
        match options.location {
            Location::Sqlite(_) => lifecycle
                .start_on_thread(LANE, move || lane.run())
                .map_err(Error::internal)?,
            Location::Postgres(_) => lifecycle.start(LANE, lane.run()),
        }
    }
    lifecycle.start("store.end", Arc::clone(&lanes).end_with(lifecycle.clone()));
    Ok(lanes)
}

/// The name of the task; on SQLite also that of its thread.
const LANE: &str = "store.lane";
