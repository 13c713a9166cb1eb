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
#[cfg(unix)]
mod redis_server;
pub mod reference;
mod round_robin;
pub mod tls;
mod toolset;
pub mod wire;
pub mod zulip;

pub use app::{AppOptions, TestApp, structured};
pub use client::{Answer, McpClient, last_message};
pub use database::TestDb;
pub use hand_clock::HandClock;
#[cfg(unix)]
pub use redis_server::RedisServer;
pub use round_robin::round_robin;
pub use toolset::{PagesToolset, TestToolset, panic_when_told};
