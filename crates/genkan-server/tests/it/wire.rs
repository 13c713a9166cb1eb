//! Requests as clients send them, and answers as they read them.

use axum::{Router, body::Body};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{fixture::soon, schema};

const VERSION_KEY: &str = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES_KEY: &str = "io.modelcontextprotocol/clientCapabilities";

/// One request.
#[derive(Clone)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// One answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The JSON body; of a stream, its last message.
    pub(crate) json: Value,
    /// What a stream said before its last message.
    pub(crate) before: Vec<Value>,
    pub(crate) text: String,
}

/// The metadata of a modern client that can be asked.
pub(crate) fn meta() -> Value {
    json!({VERSION_KEY: "2026-07-28", CAPABILITIES_KEY: {"elicitation": {}}})
}

/// A modern request.
pub(crate) fn request(id: impl Into<Value>, method: &str, params: Value) -> Value {
    let mut params = params;
    if params.get("_meta").is_none() {
        params["_meta"] = meta();
    }
    json!({"jsonrpc": "2.0", "id": id.into(), "method": method, "params": params})
}

/// A modern `tools/call`.
pub(crate) fn call(name: &str, arguments: Value) -> Value {
    request(
        1,
        "tools/call",
        json!({"name": name, "arguments": arguments}),
    )
}

/// A POST of a modern message with the headers that belong to it.
pub(crate) fn modern(key: &str, message: &Value) -> Ask {
    let ask = post(key, message)
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", message["method"].as_str().unwrap());
    let params = &message["params"];
    match params["name"].as_str().or(params["uri"].as_str()) {
        Some(name) => ask.header("mcp-name", name),
        None => ask,
    }
}

/// A POST of any message without MCP headers.
pub(crate) fn post(key: &str, message: &Value) -> Ask {
    let ask = Ask::new("POST", "/mcp")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .bearer(key);
    ask.body(message.to_string())
}

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let headers = vec![("host".to_owned(), "localhost:8137".to_owned())];
        Self {
            method: method.parse().unwrap(),
            path: path.into(),
            headers,
            body: Bytes::new(),
        }
    }

    pub(crate) fn path(mut self, path: &str) -> Self {
        self.path = path.into();
        self
    }

    pub(crate) fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Sets a header, in place of one of the same name.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.without(name).also(name, value)
    }

    /// Adds a header.
    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    fn build(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.body.is_empty() {
            request = request.header("content-length", self.body.len());
        }
        request.body(Body::from(self.body)).unwrap()
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(self, router: &Router) -> Reply {
        soon(async {
            let mut opened = self.open(router).await;
            let mut messages = Vec::new();
            if opened.is_stream() {
                while let Some(message) = opened.next().await {
                    messages.push(message);
                }
                let json = messages.pop().unwrap_or_default();
                return Reply {
                    status: opened.status,
                    headers: opened.headers,
                    json,
                    before: messages,
                    text: String::new(),
                };
            }
            let text = opened.rest().await;
            let json = serde_json::from_str(&text).unwrap_or_default();
            Reply {
                status: opened.status,
                headers: opened.headers,
                json,
                before: messages,
                text,
            }
        })
        .await
    }

    /// Sends it and reads the head of the answer.
    pub(crate) async fn open(self, router: &Router) -> Opened {
        let response = soon(router.clone().oneshot(self.build())).await.unwrap();
        let (parts, body) = response.into_parts();
        Opened {
            status: parts.status,
            headers: parts.headers,
            body: Box::pin(body.into_data_stream()),
            held: String::new(),
        }
    }

    /// Sends it and hangs up before the answer's head.
    pub(crate) async fn hang_up(self, router: &Router, when: impl Future<Output = ()>) {
        tokio::select! {
            _ = router.clone().oneshot(self.build()) => panic!("answered"),
            () = when => {}
        }
    }
}

/// An answer whose body is being read.
pub(crate) struct Opened {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: std::pin::Pin<Box<axum::body::BodyDataStream>>,
    held: String,
}

impl Opened {
    pub(crate) fn is_stream(&self) -> bool {
        self.headers
            .get("content-type")
            .is_some_and(|kind| kind == "text/event-stream")
    }

    /// The next message of a stream.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.held.split_once("\n\n") {
                let data = event
                    .lines()
                    .find_map(|line| line.strip_prefix("data: "))
                    .map(str::to_owned);
                self.held = rest.to_owned();
                match data {
                    // It only says where the stream stands.
                    Some(data) if data.is_empty() => continue,
                    Some(data) => {
                        return Some(schema::checked(serde_json::from_str(&data).unwrap()));
                    }
                    None => continue,
                }
            }
            let chunk = soon(self.body.next()).await?.unwrap();
            self.held.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next piece of a stream as it is.
    pub(crate) async fn piece(&mut self) -> Option<String> {
        let chunk = soon(self.body.next()).await?.unwrap();
        Some(String::from_utf8(chunk.to_vec()).unwrap())
    }

    async fn rest(&mut self) -> String {
        while let Some(chunk) = self.body.next().await {
            self.held
                .push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        std::mem::take(&mut self.held)
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the error table, wherever the form of the answer has it.
    pub(crate) fn code(&self) -> &str {
        let inner = &self.json["error"]["data"]["code"];
        inner
            .as_str()
            .or(self.json["code"].as_str())
            .unwrap_or_default()
    }

    pub(crate) fn rpc_code(&self) -> i64 {
        self.json["error"]["code"].as_i64().unwrap_or_default()
    }
}
