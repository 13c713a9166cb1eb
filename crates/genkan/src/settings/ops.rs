//! Section `ops`: an address for operators alone.

use std::net::SocketAddr;

use crate::settings::section::section;

section! {
    /// An address for operators alone: `/health`, `/ready` and `/metrics` without a key, and nothing else.
    Ops "ops" {
        /// Where to listen, such as 127.0.0.1:9137. Whoever reaches it reads the numbers: choose an
        /// address of a network that only Prometheus and the load balancer are in. Absent: there is none.
        bind: Option<SocketAddr> = None;
    }
}
