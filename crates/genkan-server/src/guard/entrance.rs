//! The one way in, and the one ordered list of what every request of every route passes.
//!
//! It is one layer and not a stack of them: layers that each box the request cost more than the
//! work they do. A further guard is a file beside this one and a line in [`GUARDS`]; what only some
//! routes need (credential, `Accept`, body) they ask for themselves.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{body::Body, extract::State, middleware::Next, response::Response};
use futures_util::FutureExt;
use genkan_core::{
    Error, Result,
    correlation::{caused_by, caused_by_now},
};
use http::{Method, Request, request::Parts};
use tracing::error;

use super::{Allowed, correlation, host, origin};
use crate::{fault, house::House, measure::Endpoint};

/// Looks at a request before it is served, and does not read its body.
pub(crate) type Guard = fn(&Allowed, &Parts) -> Result<()>;

/// What every request passes.
pub(crate) const GUARDS: &[Guard] = &[
    // A page that rebinds its name to this machine has its own name in `Host`; first, because the
    // origin is compared with a host that is already known to be ours.
    host::check,
    // A page of somebody else has its own origin (MCP 2026-07-28 transports, security).
    origin::check,
];

/// What a question after health passes. The probe of a load balancer asks by an address that nobody
/// listed, and a page that rebinds its name learns from the answer only what is open anyway; other
/// pages are kept out as everywhere.
pub(crate) const GUARDS_OF_HEALTH: &[Guard] = &[origin::check];

/// What the entrance of one route knows.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) house: Arc<House>,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) guards: &'static [Guard],
}

/// Lets a request in, and its answer out.
pub(crate) async fn enter(
    State(entrance): State<Entrance>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let Entrance {
        house,
        endpoint,
        guards,
    } = entrance;
    let (mut parts, body) = request.into_parts();
    let method = parts.method.clone();
    // The clock first, so that refusals and panics are measured too.
    let begun = house.clock.monotonic();
    // The correlation id before anything can refuse, so that a refusal is found in the log.
    let id = correlation::of(&parts.headers, &house);
    // The guards before any route, so that no route can forget them.
    let guarded = {
        let settings = house.settings();
        guards
            .iter()
            .try_for_each(|guard| guard(&settings.allowed, &parts))
    };
    let mut response = match guarded {
        Err(refusal) => caused_by_now(id.clone(), || fault::response(&refusal)),
        Ok(()) => {
            parts.extensions.insert(id.clone());
            // Panics innermost, so that one is answered, counted and carries the id.
            let served = caught(next, Request::from_parts(parts, body), &method);
            caused_by(id.clone(), served).await
        }
    };
    correlation::put(response.headers_mut(), &id);
    let took = house.clock.monotonic().saturating_duration_since(begun);
    endpoint.count(&method, response.status(), took);
    response
}

async fn caught(next: Next, request: Request<Body>, method: &Method) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            error!(http.method = %method, "serving a request panicked");
            fault::response(&Error::internal("a request handler panicked"))
        }
    }
}
