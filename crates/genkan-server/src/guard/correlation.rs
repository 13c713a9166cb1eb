//! `X-Correlation-ID`: in = out, made here where the client sent none that can be carried.

use std::fmt;

use genkan_core::id::CorrelationId;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::house::House;

const HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// The id of a request.
pub(super) fn of(headers: &HeaderMap, house: &House) -> CorrelationId {
    let told = headers
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .and_then(CorrelationId::parse);
    told.unwrap_or_else(|| CorrelationId::generate(&*house.clock, &*house.random))
}

/// Puts the id on the answer.
pub(super) fn put(headers: &mut HeaderMap, id: &CorrelationId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(HEADER, value);
    }
}

tokio::task_local! {
    /// The id of the request that is being served.
    pub(super) static CURRENT: CorrelationId;
}

/// The id of the request that is being served here, for what is logged of it. Shown as `-` where no
/// request is served.
///
/// A span would say it too, but a span for each request costs more than the rare line that needs it.
pub(crate) fn current() -> impl fmt::Display {
    let id = CURRENT.try_with(CorrelationId::clone).ok();
    fmt::from_fn(move |f| f.write_str(id.as_ref().map_or("-", CorrelationId::as_str)))
}
