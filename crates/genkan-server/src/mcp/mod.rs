//! The Model Context Protocol: what messages mean, the same over HTTP and over streams.
//!
//! [`message`] reads JSON-RPC, [`modern`] and [`legacy`] give it the meaning of their era and end
//! in an [`exchange::Exchange`]; [`http`] and [`crate::stream`] carry exchanges over their
//! transport. Raw JSON goes through: members that nobody inspects survive.

pub(crate) mod attempt;
pub(crate) mod capabilities;
pub(crate) mod changes;
pub(crate) mod contents;
pub(crate) mod exchange;
pub(crate) mod http;
pub(crate) mod idempotency;
pub(crate) mod in_flight;
pub(crate) mod legacy;
pub(crate) mod message;
pub(crate) mod modern;
pub(crate) mod params;
pub(crate) mod places;
pub(crate) mod progress;
pub(crate) mod skills;
pub(crate) mod tasks;
pub(crate) mod trace;
pub(crate) mod visitor;
pub(crate) mod wire;
mod written;
