//! A plain client of the modern era (MCP 2026-07-28) for tests that look at the wire.

use std::sync::atomic::{AtomicI64, Ordering};

use genkan_core::Secret;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::wire::{Events, Judge, Speaker};

/// Sends one request at a time, each complete in itself.
pub struct McpClient {
    http: reqwest::Client,
    base: String,
    key: Option<Secret<String>>,
    next_id: AtomicI64,
}

/// An HTTP answer with its JSON body.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The whole JSON-RPC message.
    pub body: Value,
}

impl Answer {
    /// The structured content of a tool's answer that is no failure.
    pub fn structured(&self) -> &Value {
        let is_error = self.body["result"]["isError"].as_bool().unwrap_or(false);
        assert!(!is_error, "{:#}", self.body);
        assert!(
            self.body["result"]["structuredContent"].is_object(),
            "{:#}",
            self.body
        );
        &self.body["result"]["structuredContent"]
    }

    /// The code of a refusal, wherever the answer carries it.
    pub fn code(&self) -> Option<String> {
        let protocol = self.body["error"]["data"]["code"]
            .as_str()
            .map(str::to_owned);
        protocol.or_else(|| {
            let text = self.body["result"]["content"][0]["text"].as_str()?;
            let (_, code) = text.lines().next()?.strip_suffix(')')?.rsplit_once(" (")?;
            Some(code.to_owned())
        })
    }
}

/// The message that answers, of a JSON body or of a stream of events: what takes longer than a few
/// seconds is answered on a stream.
pub fn last_message(body: &str) -> Option<Value> {
    let event = || {
        body.lines()
            .rev()
            .find_map(|line| line.strip_prefix("data:"))
    };
    serde_json::from_str(body)
        .ok()
        .or_else(|| serde_json::from_str(event()?.trim()).ok())
}

/// Fails unless all that was said to this request is right. What a door says that turns somebody
/// away is no message.
fn judge(sent: &Value, body: &str) {
    let mut judge = Judge::default();
    judge.hear(Speaker::Client, sent);
    let said = match serde_json::from_str::<Value>(body) {
        Ok(message) => vec![message],
        Err(_) => {
            let events = Events::default().take(body.as_bytes());
            events.iter().filter_map(|event| event.message()).collect()
        }
    };
    for message in said.iter().filter(|it| it.get("jsonrpc").is_some()) {
        judge.hear(Speaker::Server, message);
    }
    judge.acquit();
}

impl McpClient {
    /// A client of the server at the base address.
    pub fn new(base: &str, key: Option<Secret<String>>) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .unwrap();
        Self {
            http,
            base: base.to_owned(),
            key,
            next_id: AtomicI64::new(0),
        }
    }

    /// The same with another key.
    pub fn with_key(&self, key: Secret<String>) -> Self {
        Self {
            http: self.http.clone(),
            base: self.base.clone(),
            key: Some(key),
            next_id: AtomicI64::new(0),
        }
    }

    /// Calls a tool of the default profile.
    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.request(
            "/mcp",
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
        .await
    }

    /// Sends a request to an endpoint, with everything that the revision demands. Whatever the
    /// server says to it must fit the official schema.
    pub async fn request(&self, path: &str, method: &str, params: Value) -> Answer {
        let request = self.prepare(path, method, params).build().unwrap();
        let sent = request.body().and_then(reqwest::Body::as_bytes);
        let sent: Value = serde_json::from_slice(sent.unwrap()).unwrap();
        let response = self.http.execute(request).await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        judge(&sent, &text);
        let body = last_message(&text).unwrap_or_else(|| panic!("no JSON: {text}"));
        Answer { status, body }
    }

    /// The request, before it is sent.
    pub fn prepare(&self, path: &str, method: &str, mut params: Value) -> RequestBuilder {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "genkan-testkit", "version": "0" },
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        });
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let named = match method {
            "resources/read" => &params["uri"],
            _ => &params["name"],
        };
        let name = named.as_str().map(str::to_owned);
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let mut request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", method)
            .json(&body);
        if let Some(name) = name {
            request = request.header("Mcp-Name", name);
        }
        match &self.key {
            Some(key) => request.bearer_auth(key.expose()),
            None => request,
        }
    }
}
