//! MCP over Streamable HTTP: one address for both eras.
//!
//! A message with metadata of the stateless era, or with its revision in the header, is served
//! without state; everything else belongs to a session (MCP 2026-07-28 versioning). [`knock`] reads
//! what came, [`respond`] chooses between JSON and a stream of events.

pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod knock;
pub(crate) mod older;
pub(crate) mod outliving;
pub(crate) mod post;
mod replay;
pub(crate) mod respond;
mod resumable;
pub(crate) mod session;
pub(crate) mod sessions;
mod sse;
