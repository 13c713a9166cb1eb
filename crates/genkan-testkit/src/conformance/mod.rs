//! What the official conformance suite of MCP wants to find in a server: its fixtures, behind the
//! product's own doors and engine.
//!
//! The suite knows no credentials, so that `house` gives every request the key of its only
//! principal. That is here and nowhere in the product, which cannot be configured into it.

mod asking;
mod content;
mod fixture;
mod house;
mod prompts;
mod resources;
mod rounds;
mod schemas;
mod skills;
mod tasks;
mod telling;
mod toolset;

pub use house::{House, start};
pub use toolset::ConformanceToolset;
