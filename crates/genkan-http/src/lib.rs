//! The only HTTP client of the house. Whatever leaves it over HTTP leaves through [`Client::send`].
//!
//! What others own is taken for hostile: an address is resolved once, checked ([`Guard`]) and pinned
//! to the connection; every redirect is checked like a first address; credentials stay with the
//! origin they were meant for; heads, bodies, times, connections and waiting are bounded. What may
//! be repeated is repeated, what may not never is. It reads no settings and knows no service.

mod answer;
mod body;
mod breaker;
mod client;
mod connector;
mod error;
mod exchange;
mod governor;
mod guard;
mod gunzip;
mod hop;
mod host;
mod measure;
mod options;
mod origin;
mod proxy;
mod request;
mod retry;
mod tls;

pub use answer::Answer;
pub use body::Body;
pub use breaker::State as BreakerState;
pub use client::Client;
pub use error::{Error, Result};
pub use guard::Guard;
pub use host::HostStatus;
pub use options::{Lookup, Options};
pub use origin::{Origin, parse_url};
pub use proxy::Proxy;
pub use request::{Content, Repeat, Request};
