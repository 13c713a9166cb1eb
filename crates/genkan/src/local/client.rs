//! A small MCP client (2026-07-28) for the commands of this program.

use std::time::Duration;

use genkan_core::{Code, Error, Result, revision::Revision};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::local::{
    hello::{code_named, error_from},
    lines::Line,
    link::Link,
};

/// Longer than any tool may run.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Asks one thing after the other over a link.
pub(crate) struct Client {
    link: Link,
    last_id: u64,
}

impl Client {
    /// A client on this link.
    pub(crate) fn new(link: Link) -> Self {
        Self { link, last_id: 0 }
    }

    /// Calls a tool and returns its whole result object.
    pub(crate) async fn call_tool(&mut self, name: &str, arguments: Value) -> Result<Value> {
        let params = json!({ "name": name, "arguments": arguments });
        let result = self.request("tools/call", params).await?;
        if result.get("resultType").and_then(Value::as_str) == Some("input_required") {
            return Err(Error::new(
                Code::MissingCapability,
                format!("`{name}` asks questions, which a command cannot answer"),
            )
            .hint("Call it from an MCP client that can."));
        }
        match result.get("isError").and_then(Value::as_bool) {
            Some(true) => Err(failure(&result)),
            _ => Ok(result),
        }
    }

    /// Calls a tool and returns its structured answer.
    pub(crate) async fn ask(&mut self, name: &str, arguments: Value) -> Result<Value> {
        let mut result = self.call_tool(name, arguments).await?;
        Ok(result
            .get_mut("structuredContent")
            .map(Value::take)
            .unwrap_or_default())
    }

    /// All tools of the profile, as `tools/list` describes them.
    pub(crate) async fn list_tools(&mut self) -> Result<Vec<Value>> {
        let mut tools = Vec::new();
        let mut params = json!({});
        loop {
            let mut page = self.request("tools/list", params).await?;
            if let Some(Value::Array(more)) = page.get_mut("tools").map(Value::take) {
                tools.extend(more);
            }
            match page.get("nextCursor").and_then(Value::as_str) {
                Some(cursor) => params = json!({ "cursor": cursor }),
                None => return Ok(tools),
            }
        }
    }

    async fn request(&mut self, method: &str, mut params: Value) -> Result<Value> {
        self.last_id += 1;
        let id = self.last_id;
        params["_meta"] = meta();
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let hung_up = || {
            Error::new(
                Code::ServerUnreachable,
                "the server went away before it answered",
            )
        };
        let answered = timeout(PATIENCE, async {
            let sent = self.link.send(request.to_string().as_bytes()).await;
            sent.map_err(|error| hung_up().source(error))?;
            loop {
                let Some(Line::Whole(line)) = self.link.read.next().await else {
                    return Err(hung_up());
                };
                let message: Map<String, Value> =
                    serde_json::from_slice(&line).map_err(Error::internal)?;
                if message.get("id") == Some(&json!(id)) && !message.contains_key("method") {
                    return outcome(message);
                }
            }
        });
        answered.await.map_err(|_| hung_up())?
    }
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": Revision::V2026_07_28.as_str(),
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "genkan", "version": env!("CARGO_PKG_VERSION") },
    })
}

fn outcome(mut message: Map<String, Value>) -> Result<Value> {
    if let Some(result) = message.remove("result") {
        return Ok(result);
    }
    let error = message.remove("error").unwrap_or_default();
    // `data` is the error as every door shows it; without one, there is a message at least.
    match error
        .get("data")
        .filter(|data| data.get("code").is_some_and(Value::is_string))
    {
        Some(shown) => {
            let mut shown = shown.clone();
            if shown.get("message").is_none() {
                shown["message"] = error.get("message").cloned().unwrap_or_default();
            }
            Err(error_from(&shown))
        }
        None => Err(error_from(
            &json!({ "code": "invalid_request", "message": error.get("message") }),
        )),
    }
}

/// A tool's own failure: its text is `message (code)`, then the hint.
fn failure(result: &Value) -> Error {
    let text = result
        .pointer("/content/0/text")
        .and_then(Value::as_str)
        .unwrap_or("the tool failed");
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let coded = first
        .strip_suffix(')')
        .and_then(|first| first.rsplit_once(" ("));
    match coded.and_then(|(message, code)| Some((message, code_named(code)?))) {
        Some((message, code)) => {
            let error = Error::new(code, message.to_owned());
            lines.next().map(str::to_owned).map_or(error, |hint| {
                Error::new(code, message.to_owned()).hint(hint)
            })
        }
        None => Error::new(Code::Internal, text.to_owned()),
    }
}
