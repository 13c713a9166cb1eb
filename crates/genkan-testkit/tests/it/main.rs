//! The testkit keeps what it promises to those who read the documents, and the built test server
//! keeps what Genkan promises to those who rely on it.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "tests"
)]

mod asking;
mod asking_sessions;
mod busy;
mod contributing;
mod doctor;
mod dump;
mod first_requests;
mod house;
mod idle_sessions;
mod kill;
mod load;
#[cfg(unix)]
mod logs;
mod matrix;
mod metrics;
mod outage;
mod overload;
mod panics;
mod several;
mod wire;
mod zulip;
