//! What tests say most often.

use serde_json::{Value, json};

/// A request of MCP 2026-07-28.
pub fn modern(id: u64, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "0" },
    });
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// The parameters of `tools/call`.
pub fn call(name: &str, arguments: Value) -> Value {
    json!({ "name": name, "arguments": arguments })
}

/// The arguments of `knowledge_write_knowledge` with this content.
pub fn entry(content: &str) -> Value {
    json!({ "content": content, "context": "tides harbour", "scope": "global:default" })
}

/// The parameters that find what [`entry`] wrote.
pub fn search() -> Value {
    call(
        "knowledge_get_task_context",
        json!({ "queries": ["tides harbour"], "scope": "global:default" }),
    )
}
