//! The doors, seen from outside: through the router and over streams, with a real engine on SQLite.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests"
)]

mod abuse;
mod asking;
mod batches;
mod errands;
mod fixture;
mod fuzz;
mod guards;
mod half_closed;
mod legacy;
mod listening;
mod listens;
mod measures;
mod modern;
mod modern_faults;
mod offers;
mod offers_legacy;
mod older;
mod operations;
mod pauses;
mod quirks;
mod results;
mod resuming;
mod schema;
mod sessions;
mod stream;
mod stream_listens;
mod tasks;
mod tools;
mod traces;
mod wares;
mod wire;
