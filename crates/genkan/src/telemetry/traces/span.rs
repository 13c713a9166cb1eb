//! A finished span, and its form in OTLP (opentelemetry-proto 1.x, JSON encoding: ids in hexadecimal,
//! 64-bit numbers as text).

use std::fmt::Write as _;

use serde_json::{Value, json};

/// The id of a trace.
pub(super) type TraceId = [u8; 16];
/// The id of a span.
pub(super) type SpanId = [u8; 8];

/// Something that began and ended.
#[derive(Debug, PartialEq)]
pub(super) struct Finished {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) name: String,
    /// Whether it answers somebody else's request.
    pub(super) is_server: bool,
    /// In nanoseconds since the Unix epoch.
    pub(super) begun: u64,
    pub(super) ended: u64,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) is_error: bool,
}

impl Finished {
    fn as_json(&self) -> Value {
        const INTERNAL: u8 = 1;
        const SERVER: u8 = 2;
        const ERROR: u8 = 2;
        let mut span = json!({
            "traceId": hex(&self.trace),
            "spanId": hex(&self.id),
            "name": self.name,
            "kind": if self.is_server { SERVER } else { INTERNAL },
            "startTimeUnixNano": self.begun.to_string(),
            "endTimeUnixNano": self.ended.to_string(),
            "attributes": attributes(self.attributes.iter().map(|(key, value)| (*key, value.as_str()))),
        });
        if let Some(parent) = &self.parent {
            span["parentSpanId"] = hex(parent).into();
        }
        if self.is_error {
            span["status"] = json!({ "code": ERROR });
        }
        span
    }
}

/// An `ExportTraceServiceRequest`.
pub(super) fn request(spans: &[Finished], environment: &str) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let resource = [
        ("service.name", "genkan"),
        ("service.version", version),
        ("deployment.environment.name", environment),
    ];
    json!({ "resourceSpans": [{
        "resource": { "attributes": attributes(resource.into_iter()) },
        "scopeSpans": [{
            "scope": { "name": "genkan", "version": version },
            "spans": spans.iter().map(Finished::as_json).collect::<Vec<_>>(),
        }],
    }]})
}

fn attributes<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    pairs
        .map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } }))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads an id from hexadecimal digits.
pub(super) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let digits = text.get(place * 2..place * 2 + 2)?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    (text.len() == N * 2).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_the_form_that_collectors_read() {
        let span = Finished {
            trace: [0xab; 16],
            id: [1; 8],
            parent: Some([2; 8]),
            name: "tools/call".into(),
            is_server: true,
            begun: 1_700_000_000_000_000_001,
            ended: 1_700_000_000_000_000_002,
            attributes: vec![("door", "stdio".into())],
            is_error: true,
        };
        let request = request(&[span], "test");
        let told = &request["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        let expected = json!({
            "traceId": "abababababababababababababababab",
            "spanId": "0101010101010101",
            "parentSpanId": "0202020202020202",
            "name": "tools/call",
            "kind": 2,
            "startTimeUnixNano": "1700000000000000001",
            "endTimeUnixNano": "1700000000000000002",
            "attributes": [{ "key": "door", "value": { "stringValue": "stdio" } }],
            "status": { "code": 2 },
        });
        assert_eq!(*told, expected);
    }

    #[test]
    fn ids_are_read_whole_or_not_at_all() {
        assert_eq!(from_hex("0aff"), Some([10, 255]));
        assert_eq!(from_hex::<2>("0af"), None);
        assert_eq!(from_hex::<2>("0aff00"), None);
        assert_eq!(from_hex::<2>("0agg"), None);
    }
}
