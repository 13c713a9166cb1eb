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
mod queue;
mod worker;

use std::sync::Arc;

use genkan_core::{Clock, Random, id::WriterId, lifecycle::Lifecycle};

use crate::{Location, Options, audit};

pub(crate) use job::{Effect, Job, Work};
pub(crate) use queue::Lanes;

/// Starts the lanes.
pub(crate) fn start(
    options: &Options,
    signer: &audit::Signer,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    lifecycle: &Lifecycle,
) -> Arc<Lanes> {
    let count = match options.location {
        Location::Sqlite(_) => 1,
        Location::Postgres(_) => options.lanes,
    };
    let (lanes, receivers) = Lanes::new(count, options.queue);
    let lanes = Arc::new(lanes);
    let writer = WriterId::generate(&**clock, &**random);
    for receiver in receivers {
        let chains = audit::Chains::new(writer.clone(), signer.clone(), Arc::clone(random));
        let lane = worker::Lane::new(
            options,
            receiver,
            chains,
            Arc::clone(clock),
            Arc::clone(&lanes),
        );
        lifecycle.start("store.lane", lane.run());
    }
    lifecycle.start("store.end", Arc::clone(&lanes).end_with(lifecycle.clone()));
    lanes
}
