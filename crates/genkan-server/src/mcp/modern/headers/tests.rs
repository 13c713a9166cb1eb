//! Headers against bodies, fault by fault.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::Code;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{check_request, decode};
use crate::Quirks;
use crate::mcp::message::{Request, RequestId};

fn request(method: &str, params: Value) -> Request {
    let mut params = params;
    params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
    let Value::Object(params) = params else {
        unreachable!()
    };
    Request {
        id: RequestId::Text("1".into()),
        method: method.into(),
        params,
    }
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (name.parse::<HeaderName>().unwrap(), value)
        })
        .collect()
}

const VERSION: (&str, &str) = ("MCP-Protocol-Version", "2026-07-28");
const CALL: (&str, &str) = ("Mcp-Method", "tools/call");

#[test]
fn agreeing_headers_pass() {
    let table = [
        ("a", "a"),
        ("a", "  a\t"),
        ("näme", "=?base64?bsOkbWU=?="),
        ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="),
    ];
    for (name, header) in table {
        let headers = headers(&[VERSION, CALL, ("mcp-name", header)]);
        let checked = checked_strictly(&headers, &request("tools/call", json!({"name": name})));
        assert!(checked.is_ok(), "{name} {header}: {checked:?}");
    }
    assert!(
        checked_strictly(
            &headers(&[VERSION, ("mcp-method", "tools/list")]),
            &request("tools/list", json!({}))
        )
        .is_ok()
    );
}

#[test]
fn every_fault_is_a_header_mismatch_that_names_its_header() {
    let table: [(&[(&str, &str)], &str); 11] = [
        (
            &[CALL, ("mcp-name", "a")],
            "`mcp-protocol-version` is missing",
        ),
        (
            &[
                ("mcp-protocol-version", "2025-11-25"),
                CALL,
                ("mcp-name", "a"),
            ],
            "`mcp-protocol-version` differs",
        ),
        (
            &[VERSION, VERSION, CALL, ("mcp-name", "a")],
            "`mcp-protocol-version` stands more than once",
        ),
        (&[VERSION, ("mcp-name", "a")], "`mcp-method` is missing"),
        (
            &[VERSION, ("mcp-method", "Tools/Call"), ("mcp-name", "a")],
            "`mcp-method` differs",
        ),
        (&[VERSION, CALL], "`mcp-name` is missing"),
        (&[VERSION, CALL, ("mcp-name", "A")], "`mcp-name` differs"),
        (
            &[VERSION, CALL, ("mcp-name", "ä")],
            "characters that no header may have",
        ),
        (
            &[VERSION, CALL, ("mcp-name", "=?base64?***?=")],
            "not Base64",
        ),
        (
            &[VERSION, CALL, ("mcp-name", "=?base64?/w==?=")],
            "not Base64",
        ),
        (
            &[VERSION, CALL, ("mcp-name", "=?BASE64?YQ==?=")],
            "`mcp-name` differs",
        ),
    ];
    for (pairs, part) in table {
        let error = checked_strictly(
            &headers(pairs),
            &request("tools/call", json!({"name": "a"})),
        )
        .unwrap_err();
        assert!(
            error.code() == Code::HeaderMismatch && error.message().contains(part),
            "{part}: {error:?}"
        );
    }
}

#[test]
fn an_unknown_revision_is_told_before_its_other_headers() {
    let mut asked = request("tools/call", json!({"name": "a"}));
    asked.params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": "2030-01-01"});
    let error =
        checked_strictly(&headers(&[("mcp-protocol-version", "2030-01-01")]), &asked).unwrap_err();
    assert_eq!(error.code(), Code::UnsupportedVersion);
    assert_eq!(error.data_value().unwrap()["requested"], "2030-01-01");
}

proptest! {
    #[test]
    fn any_name_can_be_encoded(name in "\\PC{0,40}") {
        let encoded = format!("=?base64?{}?=", STANDARD.encode(&name));
        prop_assert_eq!(decode(&encoded).unwrap(), name);
    }

    #[test]
    fn decoding_never_panics(value in "[=?a-zA-Z0-9+/]{0,40}") {
        let _ = decode(&value);
    }
}

/// With no fault forgiven.
fn checked_strictly(headers: &HeaderMap, request: &Request) -> genkan_core::Result<()> {
    let none = Quirks {
        version_header: false,
        discover_headers: false,
        accept: false,
        session_version: false,
        unasked_version: false,
        session_id: false,
    };
    check_request(headers, request, none)
}
