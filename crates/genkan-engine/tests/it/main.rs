//! The one path of every call, seen from outside, on both databases.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod admission;
mod asking;
mod clock;
mod departures;
mod nesting;
mod refusals;
mod ring;
mod size;
mod switches;
mod tasks;
mod tasks_toolset;
