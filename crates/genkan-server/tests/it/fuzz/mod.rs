//! Input that nobody meant: mutations of a committed corpus against the real router, a socket and a
//! stream of lines. Whatever comes, there is an answer in JSON or a refused connection; never a
//! panic, a hang or memory without bound.
//!
//! A failure names its seed; `GENKAN_TEST_FUZZ_SEED=… cargo nextest run -p genkan-server fuzz` plays
//! that case alone. `cargo xtask soak fuzz` goes on for hours.

mod http;
mod lines;
mod memory;
mod mutate;
mod random;

use serde_json::Value;

/// A message of JSON-RPC, or a refusal of the door; and no fault of ours.
fn check(message: &Value) -> Result<(), String> {
    let is_message = message["jsonrpc"] == "2.0"
        && ["result", "error", "method"]
            .iter()
            .any(|member| message.get(member).is_some());
    let is_refusal = message["code"].is_string() && message["message"].is_string();
    if !is_message && !is_refusal {
        return Err(format!("neither an answer nor a refusal: {message}"));
    }
    // A panic becomes this error.
    let code = message["error"]["data"]["code"]
        .as_str()
        .or(message["code"].as_str());
    match code {
        Some("internal") => Err(format!("a fault of ours: {message}")),
        _ => Ok(()),
    }
}
