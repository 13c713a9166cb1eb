//! JSON-RPC 2.0 messages as MCP allows them, read from strict JSON.

#[cfg(test)]
mod tests;

use genkan_core::{Code, Error, Result};
use serde_json::{Map, Number, Value};

use crate::json::{Envelope, Top};

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
pub(crate) fn read(top: Top) -> Result<Incoming, Refusal> {
    match top {
        Top::Array(items) if items.is_empty() => {
            Err(refusal(None, "a batch holds at least one message"))
        }
        Top::Array(items) if items.len() > BATCH => Err(refusal(
            None,
            format!("a batch holds at most {BATCH} messages"),
        )),
        Top::Array(items) => Ok(Incoming::Batch(items.into_iter().map(read_one).collect())),
        one => read_one(one).map(Incoming::One),
    }
}

fn read_one(one: Top) -> Result<Message, Refusal> {
    let Top::Object(mut envelope) = one else {
        return Err(refusal(None, "a message is a JSON object"));
    };
    let id = match envelope.id.take().map(read_id).transpose() {
        Ok(id) => id,
        Err(error) => return Err(Refusal { id: None, error }),
    };
    if envelope.jsonrpc.as_ref().and_then(Value::as_str) != Some("2.0") {
        return Err(refusal(id, "the member `jsonrpc` must be \"2.0\""));
    }
    match envelope.method.take() {
        Some(Value::String(method)) => read_call(id, method, envelope),
        Some(_) => Err(refusal(id, "the member `method` must be a string")),
        None => read_response(id, envelope),
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
    envelope: Envelope,
) -> Result<Message, Refusal> {
    let answers = [("result", &envelope.result), ("error", &envelope.error)];
    if let Some((name, _)) = answers.iter().find(|(_, member)| member.is_some()) {
        return Err(refusal(
            id,
            format!("a message has `method` or `{name}`, not both"),
        ));
    }
    let params = match envelope.params {
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

fn read_response(id: Option<RequestId>, envelope: Envelope) -> Result<Message, Refusal> {
    let outcome = match (envelope.result, envelope.error) {
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
