//! What tests need: fresh databases, a whole application in one process, and tools that misbehave.
//!
//! Nothing of our own is doubled here. No product crate depends on this one but for its tests.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "only tests run this"
)]

mod app;
pub mod binary;
mod client;
pub mod collector;
pub mod conformance;
mod database;
mod hand_clock;
pub mod proxy;
pub mod raw_server;
pub mod reference;
pub mod tls;
mod toolset;
pub mod wire;
pub mod zulip;

pub use app::{AppOptions, TestApp, structured};
pub use client::{Answer, McpClient, last_message};
pub use database::TestDb;
pub use hand_clock::HandClock;
pub use toolset::{PagesToolset, TestToolset};
