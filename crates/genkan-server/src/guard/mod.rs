//! What a request passes before anybody serves it.
//!
//! Each guard is one file and looks at one thing. [`ON_ENTRY`] holds on every route, [`entrance`]
//! applies it; [`credential`], [`accept`] and [`body`] are asked by the routes that need them.

pub(crate) mod accept;
pub(crate) mod body;
pub(crate) mod correlation;
pub(crate) mod credential;
pub(crate) mod entrance;
pub(crate) mod host;
pub(crate) mod origin;

use genkan_core::Result;
use http::request::Parts;

use self::{host::Hosts, origin::Origins};
use crate::Settings;

/// What the guards of every route compare with.
#[derive(Debug)]
pub(crate) struct Allowed {
    hosts: Hosts,
    origins: Origins,
}

impl Allowed {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            hosts: Hosts::new(settings),
            origins: Origins::new(settings),
        }
    }
}

/// One guard.
type Guard = fn(&Allowed, &Parts) -> Result<()>;

/// The guards of every route, in order. None of them reads the body.
const ON_ENTRY: [Guard; 2] = [
    // A page that rebinds its name to this machine has its own name in `Host`; first, because the
    // origin is compared with a host that is already known to be ours.
    host::check,
    // A page of somebody else has its own origin (MCP 2026-07-28 transports, security).
    origin::check,
];

/// Passes the request by every guard.
pub(crate) fn check(allowed: &Allowed, request: &Parts) -> Result<()> {
    ON_ENTRY
        .iter()
        .try_for_each(|guard| guard(allowed, request))
}
