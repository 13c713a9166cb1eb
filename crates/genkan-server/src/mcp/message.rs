//! JSON-RPC 2.0 messages as MCP allows them, read from strict JSON.

#[cfg(test)]
mod tests;

use genkan_core::{Code, Error, Result};
use serde_json::{Map, Number, Value};

/// What a body or a line holds.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// One message.
    One(Message),
    /// A JSON-RPC batch, which only MCP 2025-03-26 knows. Never empty.
    Batch(Vec<Result<Message, Refusal>>),
}

/// One well-formed message.
#[derive(Debug)]
pub(crate) enum Message {
    Request(Request),
    Notification(Notification),
    Response(Response),
}

/// Something that wants an answer.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) id: RequestId,
    pub(crate) method: String,
    pub(crate) params: Map<String, Value>,
}

/// Something that wants none.
#[derive(Debug)]
pub(crate) struct Notification {
    pub(crate) method: String,
    pub(crate) params: Map<String, Value>,
}

/// An answer to what the server asked.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) id: RequestId,
    /// The result, or the error object.
    pub(crate) outcome: Result<Value, Value>,
}

/// The id of a request: a string or an integer, never null (MCP 2026-07-28 basic protocol).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RequestId {
    Number(Number),
    Text(String),
}

impl RequestId {
    /// The id as JSON.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

/// Why a message was not taken, and the id to answer with where there is one.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) id: Option<RequestId>,
    pub(crate) error: Error,
}

/// How many messages a batch may hold.
const BATCH: usize = 100;

/// Tells messages from batches and reads them.
pub(crate) fn read(value: Value) -> Result<Incoming, Refusal> {
    match value {
        Value::Array(items) if items.is_empty() => {
            Err(refusal(None, "a batch holds at least one message"))
        }
        Value::Array(items) if items.len() > BATCH => Err(refusal(
            None,
            format!("a batch holds at most {BATCH} messages"),
        )),
        Value::Array(items) => Ok(Incoming::Batch(items.into_iter().map(read_one).collect())),
        value => read_one(value).map(Incoming::One),
    }
}

fn read_one(value: Value) -> Result<Message, Refusal> {
    let Value::Object(mut members) = value else {
        return Err(refusal(None, "a message is a JSON object"));
    };
    let id = match members.remove("id").map(read_id).transpose() {
        Ok(id) => id,
        Err(error) => return Err(Refusal { id: None, error }),
    };
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(refusal(id, "the member `jsonrpc` must be \"2.0\""));
    }
    match members.remove("method") {
        Some(Value::String(method)) => read_call(id, method, members),
        Some(_) => Err(refusal(id, "the member `method` must be a string")),
        None => read_response(id, members),
    }
}

fn read_id(id: Value) -> Result<RequestId> {
    match id {
        Value::String(text) => Ok(RequestId::Text(text)),
        Value::Number(number) if !number.is_f64() => Ok(RequestId::Number(number)),
        _ => Err(Error::new(
            Code::InvalidRequest,
            "the member `id` must be a string or an integer",
        )),
    }
}

fn read_call(
    id: Option<RequestId>,
    method: String,
    mut members: Map<String, Value>,
) -> Result<Message, Refusal> {
    if let Some(name) = ["result", "error"]
        .into_iter()
        .find(|name| members.contains_key(*name))
    {
        return Err(refusal(
            id,
            format!("a message has `method` or `{name}`, not both"),
        ));
    }
    let params = match members.remove("params") {
        None => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => {
            let error = Error::new(Code::InvalidParams, "the member `params` must be an object");
            return Err(Refusal { id, error });
        }
    };
    Ok(match id {
        Some(id) => Message::Request(Request { id, method, params }),
        None => Message::Notification(Notification { method, params }),
    })
}

fn read_response(
    id: Option<RequestId>,
    mut members: Map<String, Value>,
) -> Result<Message, Refusal> {
    let outcome = match (members.remove("result"), members.remove("error")) {
        (Some(result), None) => Ok(result),
        (None, Some(error)) => Err(error),
        (None, None) => return Err(refusal(id, "the member `method` is missing")),
        (Some(_), Some(_)) => {
            return Err(refusal(id, "a response has `result` or `error`, not both"));
        }
    };
    match id {
        Some(id) => Ok(Message::Response(Response { id, outcome })),
        None => Err(refusal(None, "a response must have an `id`")),
    }
}

fn refusal(id: Option<RequestId>, message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal {
        id,
        error: Error::new(Code::InvalidRequest, message),
    }
}
