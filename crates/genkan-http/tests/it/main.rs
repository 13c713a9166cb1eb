//! The client as the rest of the house sees it, against servers that behave and servers that do not.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests may take what production code is passed"
)]

mod addresses;
mod answers;
mod house;
mod limits;
mod proxies;
mod redirects;
mod repeats;
mod tls;
