//! MCP 2026-07-28 over HTTP: every fault, with its status and its codes.

use serde_json::{Value, json};

use crate::{
    fixture::House,
    schema,
    wire::{Ask, call, modern, post, request},
};

#[tokio::test]
async fn bodies_that_are_no_message() {
    let house = House::with(|settings| settings.body_bytes = 200_000).await;
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    let table: [(&[u8], u16, i64, &str); 14] = [
        (b"", 400, -32700, "parse_error"),
        (b"{", 400, -32700, "parse_error"),
        (b"\"\xff\"", 400, -32700, "parse_error"),
        (b"{} {}", 400, -32700, "parse_error"),
        (b"17", 400, -32600, "invalid_request"),
        (b"[]", 400, -32600, "invalid_request"),
        (b"{}", 400, -32600, "invalid_request"),
        (
            br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            400,
            -32600,
            "invalid_request",
        ),
        (
            br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            400,
            -32600,
            "invalid_request",
        ),
        (
            br#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
            400,
            -32600,
            "invalid_request",
        ),
        (
            br#"{"jsonrpc":"2.0","id":1,"METHOD":"ping"}"#,
            400,
            -32600,
            "invalid_request",
        ),
        (
            br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            400,
            -32602,
            "invalid_params",
        ),
        (deep.as_bytes(), 400, -32600, "invalid_request"),
        (&[b' '; 200_001], 413, 1006, "payload_too_large"),
    ];
    for (body, status, rpc, code) in table {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let reply = post(&house.admin, &json!({}))
            .body(body.to_vec())
            .send(&house.router)
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code(), reply.code()),
            (status, rpc, code),
            "{shown}"
        );
        schema::check("2026-07-28", "JSONRPCErrorResponse", &reply.json);
    }
}

#[tokio::test]
async fn types_that_are_not_read() {
    let house = House::open().await;
    let message = call("test_echo", json!({}));
    let right = modern(&house.admin, &message);
    let table = [
        (right.clone().without("content-type"), 415),
        (right.clone().header("content-type", "text/plain"), 415),
        (
            right
                .clone()
                .header("content-type", "application/json; charset=latin1"),
            415,
        ),
        (right.clone().header("content-encoding", "gzip"), 415),
        (
            right
                .clone()
                .header("content-type", "Application/JSON; charset=\"UTF-8\""),
            200,
        ),
        (right.header("content-encoding", "identity"), 200),
    ];
    for (position, (ask, status)) in table.into_iter().enumerate() {
        assert_eq!(
            ask.send(&house.router).await.status.as_u16(),
            status,
            "row {position}"
        );
    }
}

#[tokio::test]
async fn headers_that_differ_from_the_body() {
    let house = House::open().await;
    let message = call("test_echo", json!({}));
    let right = modern(&house.admin, &message);
    let wrong = [
        right.clone().without("mcp-protocol-version"),
        right.clone().header("mcp-protocol-version", "2025-06-18"),
        right.clone().also("mcp-protocol-version", "2026-07-28"),
        right.clone().without("mcp-method"),
        right.clone().header("mcp-method", "tools/list"),
        right.clone().header("mcp-method", "TOOLS/CALL"),
        right.clone().without("mcp-name"),
        right.clone().header("mcp-name", "test_Echo"),
        right.clone().header("mcp-name", "=?base64?!?="),
    ];
    for (position, ask) in wrong.into_iter().enumerate() {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (400, -32020),
            "row {position}: {}",
            reply.text
        );
        assert_eq!(reply.json["id"], 1);
        schema::check("2026-07-28", "HeaderMismatchError", &reply.json);
    }
    let encoded = right
        .header("mcp-name", "=?base64?dGVzdF9lY2hv?=")
        .header("mcp-session-id", "ignored");
    assert_eq!(encoded.send(&house.router).await.status, 200);
}

#[tokio::test]
async fn metadata_that_is_missing_or_wrong() {
    let house = House::open().await;
    const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
    const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
    let table = [
        (json!({}), -32602, VERSION),
        (json!({CAPABILITIES: {}}), -32602, VERSION),
        (json!({VERSION: "2026-07-28"}), -32602, CAPABILITIES),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: []}),
            -32602,
            CAPABILITIES,
        ),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: {"elicitation": 1}}),
            -32602,
            "elicitation",
        ),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: {}, "progressToken": 1.5}),
            -32602,
            "progressToken",
        ),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: {}, "io.modelcontextprotocol/clientInfo": 1}),
            -32602,
            "clientInfo",
        ),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: {}, "io.modelcontextprotocol/logLevel": "loud"}),
            -32602,
            "logLevel",
        ),
        (
            json!({VERSION: "2026-07-28", CAPABILITIES: {}, "genkan/idempotencyKey": "two words"}),
            -32602,
            "genkan/idempotencyKey",
        ),
    ];
    for (meta, rpc, part) in table {
        let message = request(1, "tools/list", json!({"_meta": meta}));
        let reply = modern(&house.admin, &message).send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (400, rpc),
            "{meta}: {}",
            reply.text
        );
        assert!(
            reply.json["error"]["message"]
                .as_str()
                .unwrap()
                .contains(part),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn revisions_that_are_not_served() {
    let house = House::open().await;
    for (version, supported) in [("2030-01-01", 5), ("2025-11-25", 1)] {
        let mut message = call("test_echo", json!({}));
        message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(version);
        let ask = modern(&house.admin, &message).header("mcp-protocol-version", version);
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (400, -32022),
            "{}",
            reply.text
        );
        assert_eq!(reply.json["error"]["data"]["requested"], version);
        assert_eq!(
            reply.json["error"]["data"]["supported"]
                .as_array()
                .unwrap()
                .len(),
            supported
        );
        schema::check("2026-07-28", "UnsupportedProtocolVersionError", &reply.json);
    }
    let unknown_header = post(
        &house.admin,
        &json!({"jsonrpc": "2.0", "id": 3, "method": "ping"}),
    );
    let reply = unknown_header
        .header("mcp-protocol-version", "1999-01-01")
        .send(&house.router)
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.rpc_code(), &reply.json["id"]),
        (400, -32022, &json!(3))
    );
}

#[tokio::test]
async fn methods_that_do_not_exist_in_this_era() {
    let house = House::open().await;
    for method in [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "Tools/List",
        "nonsense",
    ] {
        let reply = house.modern(&request(1, method, json!({}))).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (404, -32601),
            "{method}"
        );
        assert!(
            reply.json["error"]["message"]
                .as_str()
                .unwrap()
                .contains(method)
        );
    }
}

#[tokio::test]
async fn parameters_that_are_wrong() {
    let house = House::open().await;
    let state = json!({"name": "test_ask", "requestState": "nonsense"});
    let table = [
        ("tools/list", json!({"cursor": 1}), -32602, "invalid_params"),
        (
            "tools/list",
            json!({"cursor": "nonsense"}),
            -32602,
            "invalid_cursor",
        ),
        (
            "tools/list",
            json!({"cursor": ""}),
            -32602,
            "invalid_cursor",
        ),
        ("tools/call", json!({}), -32602, "invalid_params"),
        ("tools/call", json!({"name": 1}), -32602, "invalid_params"),
        (
            "tools/call",
            json!({"name": "test_echo", "arguments": []}),
            -32602,
            "invalid_params",
        ),
        (
            "tools/call",
            json!({"name": "test_echo", "inputResponses": 1}),
            -32602,
            "invalid_params",
        ),
        (
            "tools/call",
            json!({"name": "test_echo", "requestState": 1}),
            -32602,
            "invalid_params",
        ),
        ("tools/call", state, -32602, "request_state_invalid"),
        (
            "tools/call",
            json!({"name": "nobody"}),
            -32602,
            "unknown_tool",
        ),
    ];
    for (method, params, rpc, code) in table {
        let reply = house.modern(&request(1, method, params.clone())).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code(), reply.code()),
            (400, rpc, code),
            "{params}"
        );
        for member in ["hint", "doc"] {
            assert!(
                !reply.json["error"]["data"][member]
                    .as_str()
                    .unwrap()
                    .is_empty()
            );
        }
    }
}

#[tokio::test]
async fn what_this_era_has_not() {
    let house = House::open().await;
    let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
    let batch = json!([call("test_echo", json!({}))]);
    for body in [answer, batch] {
        let ask = post(&house.admin, &body).header("mcp-protocol-version", "2026-07-28");
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (400, -32600),
            "{body}"
        );
    }
    for method in ["GET", "DELETE"] {
        let ask = Ask::new(method, "/mcp")
            .bearer(&house.admin)
            .header("mcp-protocol-version", "2026-07-28");
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("allow")),
            (405, "POST"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_notification_needs_its_headers_too() {
    let house = House::open().await;
    let message = json!({"jsonrpc": "2.0", "method": "notifications/x"});
    let right = modern(&house.admin, &message);
    for ask in [
        right.clone().without("mcp-method"),
        right.header("mcp-method", "notifications/y"),
    ] {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code(), &reply.json["id"]),
            (400, -32020, &Value::Null)
        );
    }
}
