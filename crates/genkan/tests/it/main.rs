//! Drives the built binary, as a person at a terminal and as a client would.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests start processes and look at the clock"
)]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod binary;
mod command_line;
mod config;
mod copies;
mod effects;
mod keys;
mod postgres;
mod serve;
mod several;
mod stdio;
