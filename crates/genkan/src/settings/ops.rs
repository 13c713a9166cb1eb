//! Section `ops`: what operators see, and where.

use std::{fmt, net::SocketAddr};

use crate::settings::{section::section, value::checked_text};

section! {
    /// What operators see, and an address for them alone: `/health`, `/ready`, `/metrics` and a page that
    /// shows them, without a key, and nothing else.
    Ops "ops" {
        /// Where to listen, such as 127.0.0.1:9137. Whoever reaches it reads the numbers: choose an
        /// address of a network that only Prometheus and the load balancer are in. Absent: there is none.
        bind: Option<SocketAddr> = None;
        /// How much is measured: `full`; `basic`, which times requests and calls of tools but not their
        /// stages, statements and commits; or `off`, and `/metrics` is not found.
        metrics: Measured = Some("full");
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measured {
    /// Nothing.
    Off,
    /// What is counted, and how long requests and calls of tools take.
    Basic,
    /// Everything.
    Full,
}

impl Measured {
    fn check(text: &str) -> Result<Self, &'static str> {
        match text {
            "off" => Ok(Self::Off),
            "basic" => Ok(Self::Basic),
            "full" => Ok(Self::Full),
            _ => Err(""),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Basic => "basic",
            Self::Full => "full",
        })
    }
}

checked_text!(Measured, "off, basic or full");
