//! The benchmark of Genkan: the whole stack on, side by side with its peers, on this machine.
//!
//! `cargo xtask bench` builds and starts what is here. Every address is a loopback one. Nothing of
//! it is part of the product.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for a terminal that measures programs: it starts them and reads the clock"
)]

pub mod about;
pub mod ask;
pub mod budget;
pub mod case;
pub mod chat;
pub mod figures;
pub mod filled;
pub mod http;
pub mod knowledge;
pub mod load;
pub mod loopback;
pub mod made;
pub mod message;
pub mod overload;
pub mod report;
pub mod retrieval;
pub mod run;
pub mod sent;
pub mod server;
pub mod stack;
pub mod start;
pub mod stdio;
pub mod subject;
pub mod template;
pub mod usage;
