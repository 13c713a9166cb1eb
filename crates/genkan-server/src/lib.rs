//! The doors: MCP over HTTP and over streams, and what operators ask.
//!
//! Every door turns what came into a [`genkan_core::Call`], hands it to the engine and writes the
//! outcome in its own words; there is no rule and no SQL here. [`router`] is the HTTP side,
//! [`stream`] the side of standard input and output; `docs/protocol.md` says what both share.

mod connection;
mod doors;
mod fault;
mod guard;
mod house;
mod json;
mod listen;
mod mcp;
mod measure;
mod ops;
mod parts;
mod patient;
mod quirk;
mod router;
mod settings;
pub mod stream;
mod tls;

pub use axum::Router;
pub use listen::{serve, serve_with};
pub use parts::{Check, Finding, Parts, SystemReadings};
pub use router::{router, routers};
pub use settings::{LiveSettings, Quirks, Settings};
pub use tls::{Certificate, Tls};
