//! Authenticate: the credential becomes a principal, or the failure is counted against its source.

use std::sync::Arc;

use genkan_core::{Call, Principal, Result};

use crate::{Engine, ring::Ring};

/// Who is calling, as the entrance to the engine knows it.
pub(crate) enum Caller {
    /// Whoever the credential of the call proves.
    Unknown,
    /// A principal that an earlier stage of the same call already knew.
    Known(Arc<Principal>),
}

pub(super) async fn principal(
    engine: &Engine,
    ring: &mut Ring<'_>,
    call: &Call,
    caller: Caller,
) -> Result<Arc<Principal>> {
    let principal = match caller {
        Caller::Known(principal) => principal,
        Caller::Unknown => engine.identity.authenticate(&call.credential).await?,
    };
    ring.known(&principal);
    Ok(principal)
}
