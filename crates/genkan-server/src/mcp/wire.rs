//! Messages in their wire form, written straight into one buffer.
//!
//! What is serialised already (list pages, structured answers, blocks) is spliced in, not read
//! again. Every message is one line: what this house serialises has no line break, and one in JSON
//! that somebody else wrote becomes a space, which means the same there, because inside a JSON
//! string it cannot stand.

use bytes::Bytes;
use genkan_core::{Error, ToolOutput, outcome::Content};
use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{message::RequestId, written::Written};

/// A response with the given members of its result, without braces.
pub(crate) fn result(
    id: &RequestId,
    size_hint: usize,
    members: impl FnOnce(&mut Vec<u8>),
) -> Bytes {
    let mut out = Vec::with_capacity(size_hint + 256);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    write_id(&mut out, id);
    out.extend_from_slice(b",\"result\":{");
    members(&mut out);
    out.extend_from_slice(b"}}");
    out.into()
}

/// A response around members that are written already and belong to many responses.
pub(crate) fn result_around(
    id: &RequestId,
    before: impl FnOnce(&mut Vec<u8>),
    shared: Bytes,
    after: impl FnOnce(&mut Vec<u8>),
) -> Written {
    let mut head = Vec::with_capacity(128);
    head.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    write_id(&mut head, id);
    head.extend_from_slice(b",\"result\":{");
    before(&mut head);
    let mut tail = Vec::with_capacity(256);
    after(&mut tail);
    tail.extend_from_slice(b"}}");
    Written::Around(Box::new([head.into(), shared, tail.into()]))
}

/// A response that says what went wrong; without id when none could be read.
pub(crate) fn error(id: Option<&RequestId>, error: &Error) -> Bytes {
    error_as(id, error, error.code().json_rpc())
}

/// The same under a number that an older revision has for it.
pub(crate) fn error_as(id: Option<&RequestId>, error: &Error, number: i32) -> Bytes {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",");
    if let Some(id) = id {
        out.extend_from_slice(b"\"id\":");
        write_id(&mut out, id);
        out.push(b',');
    }
    out.extend_from_slice(b"\"error\":");
    let shown = error.shown();
    let mut data = Map::new();
    data.insert("code".into(), shown.code.into());
    data.insert("hint".into(), shown.hint.into());
    data.insert("doc".into(), shown.doc.into());
    match error.data_value() {
        Some(Value::Object(detail)) => data.extend(detail.clone()),
        Some(detail) => drop(data.insert("detail".into(), detail.clone())),
        None => {}
    }
    json(
        &mut out,
        &json!({"code": number, "message": shown.message, "data": data}),
    );
    out.push(b'}');
    out.into()
}

/// A notification from the server.
pub(crate) fn notification(method: &str, params: &Value) -> Bytes {
    let mut out = Vec::with_capacity(128);
    json(
        &mut out,
        &json!({"jsonrpc": "2.0", "method": method, "params": params}),
    );
    out.into()
}

/// A request of the server, which only sessions know.
pub(crate) fn request(id: u64, method: &str, params: &Value) -> Bytes {
    let mut out = Vec::with_capacity(256);
    json(
        &mut out,
        &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}),
    );
    out.into()
}

/// The members of a tool's answer: `content`, `structuredContent`, `isError`.
///
/// Structured content is also written as text for clients that do not read it, unless the tool
/// gave content of its own (MCP 2026-07-28 tools, structured content).
pub(crate) fn tool_output(out: &mut Vec<u8>, output: &ToolOutput, show_structured: bool) {
    out.extend_from_slice(b"\"content\":[");
    for (position, block) in output.content.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        match block {
            Content::Text(text) => text_block(out, text),
            Content::Raw(raw) => splice(out, raw),
        }
    }
    if let Some(raw) = &output.structured {
        if output.content.is_empty() {
            text_block(out, raw.get());
        }
        if show_structured {
            out.extend_from_slice(b"],\"structuredContent\":");
            splice(out, raw);
        } else {
            out.push(b']');
        }
    } else {
        out.push(b']');
    }
    if output.is_error {
        out.extend_from_slice(b",\"isError\":true");
    }
}

/// About how many bytes [`tool_output`] will write.
pub(crate) fn size_of(output: &ToolOutput) -> usize {
    let content: usize = output
        .content
        .iter()
        .map(|block| match block {
            Content::Text(text) => text.len() + 32,
            Content::Raw(raw) => raw.get().len() + 1,
        })
        .sum();
    content
        + output
            .structured
            .as_ref()
            .map_or(0, |raw| 2 * raw.get().len() + 64)
}

/// A block of text.
pub(crate) fn text_block(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"{\"type\":\"text\",\"text\":");
    json(out, text);
    out.push(b'}');
}

/// Writes JSON that somebody else may have written, in one line.
pub(crate) fn splice(out: &mut Vec<u8>, raw: &RawValue) {
    let begin = out.len();
    out.extend_from_slice(raw.get().as_bytes());
    for byte in &mut out[begin..] {
        // Written without a branch, so that it runs over many bytes at once.
        *byte = if matches!(*byte, b'\n' | b'\r') {
            b' '
        } else {
            *byte
        };
    }
}

/// Writes a value that cannot fail to serialise.
pub(crate) fn json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("BUG: JSON values and strings always serialise");
}

fn write_id(out: &mut Vec<u8>, id: &RequestId) {
    match id {
        RequestId::Number(number) => json(out, number),
        RequestId::Text(text) => json(out, text),
    }
}
