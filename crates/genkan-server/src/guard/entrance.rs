//! The one way in: what happens around every request of every route.
//!
//! In this order, for the reason beside each: the clock is read, so that everything is measured;
//! the request gets its correlation id, so that a refusal can be found in the log too; the guards
//! look at it; it is served, with a panic caught; the answer is counted and carries the id.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{extract::State, middleware::Next, response::Response};
use futures_util::FutureExt;
use genkan_core::Error;
use http::{Method, Request};
use tracing::{Instrument, error, info_span};

use super::{Allowed, check, correlation};
use crate::{fault, house::House, measure::Endpoint};

/// What the entrance of one route knows.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) house: Arc<House>,
    pub(crate) allowed: Arc<Allowed>,
    pub(crate) endpoint: Arc<Endpoint>,
}

/// Lets a request in, and its answer out.
pub(crate) async fn enter(
    State(entrance): State<Entrance>,
    request: Request<axum::body::Body>,
    next: Next,
) -> Response {
    let Entrance {
        house,
        allowed,
        endpoint,
    } = entrance;
    let begun = house.clock.monotonic();
    let method = request.method().clone();
    let (mut parts, body) = request.into_parts();
    let id = correlation::of(&parts.headers, &house);
    let mut response = match check(&allowed, &parts) {
        Err(refusal) => fault::response(&refusal),
        Ok(()) => {
            parts.extensions.insert(id.clone());
            let span = info_span!("request", correlation_id = id.as_str());
            serve(next, Request::from_parts(parts, body), &method)
                .instrument(span)
                .await
        }
    };
    correlation::put(response.headers_mut(), &id);
    let took = house.clock.monotonic().saturating_duration_since(begun);
    endpoint.count(&method, response.status(), took);
    response
}

async fn serve(next: Next, request: Request<axum::body::Body>, method: &Method) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            error!(http.method = %method, "serving a request panicked");
            fault::response(&Error::internal("a request handler panicked"))
        }
    }
}
