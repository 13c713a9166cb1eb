//! The words keep their rules.
#![allow(clippy::unwrap_used, reason = "tests")]

mod dialogue;
mod digests;
mod errors;
mod names;
mod roles;
mod tickets;
mod times;
