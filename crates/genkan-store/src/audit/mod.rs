//! The audit chain: every record holds the digest of the one before it in its chain.
//!
//! A chain belongs to one tenant and one run of one process (its writer). Its end, the head, is
//! signed with each group of records, so that a cut tail is found; signed checkpoints list the
//! heads that moved, so that an old head cannot be put back. What may name a person enters as a
//! salted digest, so that erasing it leaves the chain whole. See `docs/store.md`.

mod chain;
mod checkpoint;
mod encode;
mod insert;
mod report;
mod row;
mod signer;
mod verify;

pub(crate) use chain::{Chains, Head};
pub(crate) use checkpoint::write as write_checkpoint;
pub(crate) use insert::write as write_records;
pub use report::{Entry, Filter, Order, Page};
pub(crate) use signer::Signer;
pub use verify::{Fault, FaultKind, Report};
