//! The one execution path of every call.
//!
//! Doors build a [`genkan_core::Call`] and hand it to [`Engine::call`]; there is no other way to do
//! anything. The outer ring (`ring`) is entered first and always left: it measures, and writes
//! exactly one record. The inner stages stand in one ordered list (`stages`). The engine knows no
//! toolset by name, no wire format and no SQL.

mod admission;
mod bulkhead;
mod caller;
mod catalog;
mod departures;
mod duty;
mod engine;
mod limits;
mod masking;
mod measure;
mod probe;
mod request_state;
mod ring;
mod signins;
mod stages;
mod switches;
mod tally;
mod tasks;

pub use catalog::{Catalog, Offers, ProfileInfo};
pub use engine::{Engine, EngineParts};
pub use limits::Limits;
pub use probe::Probe;
pub use stages::{Stage, Verdict, Why};
