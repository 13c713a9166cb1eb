//! What the benchmark does when things go wrong. What it measures is tested where it is computed.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod family;
mod interrupted;
mod robust;
