//! Sessions of MCP 2024-11-05 … 2025-11-25 over HTTP: what a client that does everything right gets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::{House, soon},
    schema,
    wire::{Ask, Reply, post},
};

/// The revisions with sessions.
pub(crate) const REVISIONS: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// An open session.
pub(crate) struct Session<'a> {
    pub(crate) house: &'a House,
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) hello: Value,
}

/// `initialize` of a client that can be asked.
pub(crate) fn initialize(revision: &str) -> Value {
    let capabilities = json!({"elicitation": {}});
    let client = json!({"name": "test", "version": "1"});
    let params =
        json!({"protocolVersion": revision, "capabilities": capabilities, "clientInfo": client});
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
}

/// A request of a session.
pub(crate) fn request(id: impl Into<Value>, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id.into(), "method": method, "params": params})
}

/// `tools/call` of a session.
pub(crate) fn call(id: impl Into<Value>, name: &str, arguments: Value) -> Value {
    request(
        id,
        "tools/call",
        json!({"name": name, "arguments": arguments}),
    )
}

impl<'a> Session<'a> {
    pub(crate) async fn open(house: &'a House, revision: &str) -> Self {
        Self::greet(house, &house.admin, initialize(revision)).await
    }

    pub(crate) async fn greet(house: &'a House, key: &str, greeting: Value) -> Self {
        let reply = post(key, &greeting).send(&house.router).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let id = reply.header("mcp-session-id").to_owned();
        Self {
            house,
            key: key.to_owned(),
            id,
            hello: reply.json,
        }
    }

    pub(crate) fn post(&self, message: &Value) -> Ask {
        post(&self.key, message).header("mcp-session-id", &self.id)
    }

    pub(crate) fn bare(&self, method: &str) -> Ask {
        Ask::new(method, "/mcp")
            .bearer(&self.key)
            .header("accept", "text/event-stream")
            .header("mcp-session-id", &self.id)
    }

    pub(crate) async fn send(&self, message: &Value) -> Reply {
        self.post(message).send(&self.house.router).await
    }
}

#[tokio::test]
async fn each_revision_opens_a_session_and_calls() {
    let house = House::open().await;
    for revision in REVISIONS {
        let session = Session::open(&house, revision).await;
        schema::check(revision, "InitializeResult", &session.hello["result"]);
        assert_eq!(session.hello["result"]["protocolVersion"], revision);
        assert_eq!(session.hello["result"]["instructions"], "Tools for tests.");
        assert!(session.id.len() >= 43 && session.id.bytes().all(|byte| byte.is_ascii_graphic()));

        let noted = session
            .send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        assert_eq!((noted.status.as_u16(), noted.text.as_str()), (202, ""));
        let pong = session.send(&request(1, "ping", json!({}))).await;
        assert_eq!(pong.json, json!({"jsonrpc": "2.0", "id": 1, "result": {}}));

        let list = session
            .send(&request(2, "tools/list", json!({})))
            .await
            .json["result"]
            .clone();
        schema::check(revision, "ListToolsResult", &list);
        assert!(
            list.get("ttlMs").is_none()
                && list.get("resultType").is_none()
                && list.get("_meta").is_none()
        );
        assert_eq!(
            list["tools"][2].get("outputSchema").is_some(),
            revision >= "2025-06-18",
            "{revision}"
        );

        let echo = session
            .send(&call(3, "test_echo", json!({"text": "x"})))
            .await
            .json["result"]
            .clone();
        schema::check(revision, "CallToolResult", &echo);
        assert_eq!(echo["content"][0]["text"], r#"{"text":"x"}"#);
        assert_eq!(
            echo.get("structuredContent").is_some(),
            revision >= "2025-06-18",
            "{revision}"
        );
        assert!(echo.get("resultType").is_none());
    }
}

#[tokio::test]
async fn blocks_are_those_of_the_revision() {
    let house = House::open().await;
    for revision in REVISIONS {
        let session = Session::open(&house, revision).await;
        let result = session.send(&call(1, "test_blocks", json!({}))).await.json["result"].clone();
        schema::check(revision, "CallToolResult", &result);
        let kind = if revision >= "2025-06-18" {
            "resource_link"
        } else {
            "text"
        };
        assert_eq!(result["content"][1]["type"], kind, "{revision}");
    }
}

#[tokio::test]
async fn progress_comes_before_the_answer() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let mut message = call(1, "test_steps", json!({}));
    message["params"]["_meta"] = json!({"progressToken": 9});
    let reply = session.send(&message).await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.before.len(), 3);
    reply
        .before
        .iter()
        .for_each(|event| schema::check("2025-11-25", "ProgressNotification", event));
    assert_eq!(reply.json["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn an_error_that_answers_a_request_is_a_message_like_any_other() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-06-18").await;
    let table = [
        (call(1, "nobody", json!({})), -32602, "unknown_tool"),
        (
            request(2, "nonsense", json!({})),
            -32601,
            "method_not_found",
        ),
        (
            request(3, "tools/call", json!({})),
            -32602,
            "invalid_params",
        ),
        (
            request(4, "tools/list", json!({"_meta": 1})),
            -32602,
            "invalid_params",
        ),
        (
            request(5, "tools/list", json!({"_meta": {"progressToken": {}}})),
            -32602,
            "invalid_params",
        ),
        (initialize("2025-06-18"), 0, ""),
    ];
    for (message, rpc, code) in table {
        let reply = session.send(&message).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code(), reply.code()),
            (200, rpc, code),
            "{message}"
        );
        assert_eq!(reply.json["id"], message["id"]);
    }
}

#[tokio::test]
async fn a_modern_request_is_modern_whatever_session_it_names() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let message = crate::wire::call("test_echo", json!({"text": "x"}));
    let ask = crate::wire::modern(&house.admin, &message).header("mcp-session-id", &session.id);
    assert_eq!(
        ask.send(&house.router).await.json["result"]["resultType"],
        "complete"
    );
    let mut greeting = initialize("2025-11-25");
    greeting["params"]["_meta"] = crate::wire::meta();
    let reply = crate::wire::modern(&house.admin, &greeting)
        .send(&house.router)
        .await;
    assert_eq!(
        (reply.status.as_u16(), reply.rpc_code()),
        (404, -32601),
        "metadata decides, not the method"
    );
}

#[tokio::test]
async fn to_cancel_ends_the_call_and_to_hang_up_does_not() {
    let house = House::with(|settings| settings.patience = Duration::from_millis(10)).await;
    let session = Session::open(&house, "2025-11-25").await;
    let ask = session.post(&call(1, "test_hang", json!({})));
    let mut opened = ask.open(&house.router).await;
    soon(house.ended.begun()).await;
    let again = session.send(&call(1, "test_echo", json!({}))).await;
    assert_eq!(again.rpc_code(), -32600, "the id is in use: {}", again.text);
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    assert_eq!(session.send(&cancel).await.status, 202);
    soon(house.ended.ended()).await;
    assert_eq!(
        opened.next().await,
        None,
        "nothing more is said of what was cancelled"
    );

    let ask = session.post(&call(2, "test_hang", json!({})));
    soon(ask.hang_up(&house.router, house.ended.begun())).await;
    let busy = session.send(&call(2, "test_echo", json!({}))).await;
    assert_eq!(busy.rpc_code(), -32600, "the call goes on: {}", busy.text);
    let ended = session.bare("DELETE").send(&house.router).await;
    assert_eq!(ended.status, 204);
    soon(house.ended.ended()).await;
}

#[tokio::test]
async fn the_stream_of_a_session_stays_open_until_a_newer_one_or_the_end() {
    let house = House::with(|settings| settings.keep_alive = Duration::from_millis(10)).await;
    let session = Session::open(&house, "2025-03-26").await;
    let mut first = session.bare("GET").open(&house.router).await;
    assert!(first.is_stream());
    assert_eq!(first.piece().await.unwrap(), ": keep-alive\n\n");
    let mut second = session.bare("GET").open(&house.router).await;
    assert_eq!(first.next().await, None);
    assert_eq!(session.bare("DELETE").send(&house.router).await.status, 204);
    assert_eq!(second.next().await, None);
    let reply = session.bare("GET").send(&house.router).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (404, "session_unknown")
    );
}
