//! What goes over the wire, seen from beside it: a proxy that writes down every message in order,
//! and a judge that holds each against the official schema of its revision.

mod events;
mod judge;
mod lines;
mod schemas;
mod tap;
mod words;

pub use events::{Event, Events};
pub use judge::{Judge, Speaker};
pub use lines::{LineTap, relay};
pub use schemas::{REVISIONS, are_there, fault};
pub use tap::{Said, Tap};
