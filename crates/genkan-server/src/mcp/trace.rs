//! The trace that a message belongs to: told in its `_meta` (SEP-414), or else in headers (W3C Trace
//! Context). What is malformed is ignored and counted; the correlation id is another matter.

use std::sync::Arc;

use genkan_core::trace::{Malformed, Trace};
use http::{HeaderMap, HeaderName};
use metrics::counter;
use serde_json::{Map, Value};
use tracing::{Instrument, info_span};

use super::exchange::Answering;
use crate::json::member;

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
const BAGGAGE: &str = "baggage";
/// The same as names of headers, which every request is asked for.
const PARENT_HEADER: HeaderName = HeaderName::from_static(PARENT);
const BAGGAGE_HEADER: HeaderName = HeaderName::from_static(BAGGAGE);

/// How often a part was ignored.
const IGNORED: &str = "genkan_trace_context_ignored_total";

/// Tells the recorder what the counter means.
pub(crate) fn describe() {
    metrics::describe_counter!(
        IGNORED,
        "Malformed trace context of callers that was ignored, by `part`"
    );
}

/// What `_meta` says, in place of what headers said; they count where it says nothing.
pub(crate) fn prefer_meta(trace: &mut Option<Arc<Trace>>, meta: &Map<String, Value>) {
    let parts = [PARENT, STATE, BAGGAGE].map(|name| member(meta, name));
    if parts.iter().all(Option::is_none) {
        return;
    }
    // What is no text is as wrong as an empty one.
    let [parent, state, baggage] =
        parts.map(|part| part.map(|text| text.as_str().unwrap_or_default()));
    *trace = Trace::read(parent, state, baggage, ignore).map(Arc::new);
}

/// What the headers say.
pub(crate) fn of_headers(headers: &HeaderMap) -> Option<Arc<Trace>> {
    if !headers.contains_key(PARENT_HEADER) && !headers.contains_key(BAGGAGE_HEADER) {
        return None;
    }
    let (parent, state, baggage) = (
        joined(headers, PARENT),
        joined(headers, STATE),
        joined(headers, BAGGAGE),
    );
    let read = Trace::read(
        parent.as_deref(),
        state.as_deref(),
        baggage.as_deref(),
        ignore,
    );
    read.map(Arc::new)
}

/// Lists may come in several headers (RFC 9110 §5.3); a `traceparent` that does is malformed then.
fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(name).iter();
    let texts: Vec<&str> = values
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

fn ignore(part: Malformed) {
    counter!(IGNORED, "part" => part.as_str()).increment(1);
}

/// Puts the trace on everything that is logged while the answer is made.
pub(crate) fn within(trace: Option<&Arc<Trace>>, answer: Answering) -> Answering {
    match trace.and_then(|trace| trace.parent.as_ref()) {
        None => answer,
        Some(parent) => {
            let span = info_span!(
                "trace",
                trace_id = parent.trace_id(),
                parent_id = parent.span_id()
            );
            Box::pin(answer.instrument(span))
        }
    }
}
