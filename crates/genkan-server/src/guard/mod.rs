//! What a request passes before anybody serves it. Each guard is one file and looks at one thing;
//! [`entrance`] has them in order.

pub(crate) mod accept;
pub(crate) mod body;
mod correlation;
pub(crate) mod credential;
pub(crate) mod entrance;
pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod source;

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
