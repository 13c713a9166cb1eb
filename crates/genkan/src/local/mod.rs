//! Processes of one user on one data folder: whoever finds a live server goes through its local
//! socket, else opens the store itself.
//!
//! Over the socket goes what goes over standard input and output, MCP in lines, after one line each
//! way that says who is there.

mod client;
mod hello;
mod lines;
mod link;
mod listener;
mod memory;
mod relay;
mod session;
mod stream_door;

#[cfg(test)]
mod tests;

pub(crate) use client::Client;
pub(crate) use hello::{Door, Hello};
pub(crate) use lines::Lines;
pub(crate) use link::{Link, connect};
pub(crate) use listener::listen;
pub(crate) use relay::Pipes;
pub(crate) use relay::relay;
pub(crate) use session::{Indoors, Session, admin_profile};
pub(crate) use stream_door::StreamDoor;
