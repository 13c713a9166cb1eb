//! `X-Correlation-ID`: in = out, made here where the client sent none that can be carried.

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
