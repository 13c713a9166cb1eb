//! What the relay must remember of a dialogue to carry it over to another house.

use std::{borrow::Cow, collections::BTreeMap};

use genkan_core::{Code, Error};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use tokio_util::bytes::Bytes;

/// The parts of a JSON-RPC message that matter here.
#[derive(Deserialize)]
struct Message<'a> {
    id: Option<Value>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Cancelled {
    #[serde(rename = "requestId")]
    request_id: Option<Value>,
}

/// Requests under way, and how the session was opened.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The `initialize` request, as the client wrote it, and its id.
    initialize: Option<(Value, Bytes)>,
    /// The `notifications/initialized`.
    initialized: Option<Bytes>,
    /// Methods of requests without an answer, by the JSON text of their ids.
    open: BTreeMap<String, String>,
}

impl Memory {
    /// Notes a line of the client, before it is passed on.
    pub(crate) fn client_says(&mut self, line: &Bytes) {
        for message in messages(line) {
            match (message.id, message.method.as_deref()) {
                (Some(id), Some(method)) => {
                    if method == "initialize" {
                        self.initialize = Some((id.clone(), line.clone()));
                    }
                    self.open.insert(id.to_string(), method.to_owned());
                }
                (None, Some("notifications/initialized")) => self.initialized = Some(line.clone()),
                (None, Some("notifications/cancelled")) => self.forget(message.params),
                _ => {}
            }
        }
    }

    /// Notes a line of the house.
    pub(crate) fn house_says(&mut self, line: &Bytes) {
        for message in messages(line) {
            if let (Some(id), None) = (message.id, message.method) {
                self.open.remove(&id.to_string());
            }
        }
    }

    /// What opens the session anew, if the client opened one.
    pub(crate) fn opening(&self) -> Option<Opening> {
        let (id, initialize) = self.initialize.clone()?;
        let answered = !self.open.contains_key(&id.to_string());
        Some(Opening {
            id,
            initialize,
            answered,
            initialized: self.initialized.clone(),
        })
    }

    /// Ends all requests under way but an `initialize`, which is asked again: one answer each.
    pub(crate) fn interrupted(&mut self) -> Vec<Vec<u8>> {
        let open = std::mem::take(&mut self.open);
        let (again, lost): (BTreeMap<_, _>, BTreeMap<_, _>) = open
            .into_iter()
            .partition(|(_, method)| method == "initialize");
        self.open = again;
        lost.iter()
            .map(|(id, method)| answer(id, &interruption(method)))
            .collect()
    }

    fn forget(&mut self, params: Option<&RawValue>) {
        let cancelled =
            params.and_then(|params| serde_json::from_str::<Cancelled>(params.get()).ok());
        if let Some(id) = cancelled.and_then(|cancelled| cancelled.request_id) {
            self.open.remove(&id.to_string());
        }
    }
}

/// How a session is opened in another house.
#[derive(Debug)]
pub(crate) struct Opening {
    id: Value,
    /// The `initialize` request.
    pub(crate) initialize: Bytes,
    /// Whether the client has its answer already, so that the next one is swallowed.
    pub(crate) answered: bool,
    /// The notification that follows it.
    pub(crate) initialized: Option<Bytes>,
}

impl Opening {
    /// Whether the line answers the `initialize`.
    pub(crate) fn is_answered_by(&self, line: &Bytes) -> bool {
        messages(line)
            .iter()
            .any(|message| message.method.is_none() && message.id.as_ref() == Some(&self.id))
    }
}

/// One answer to a request, as a line.
pub(crate) fn answer(id: &str, error: &Error) -> Vec<u8> {
    let error = json!({
        "code": error.code().json_rpc(),
        "message": error.message(),
        "data": error.shown(),
    });
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#).into_bytes()
}

fn interruption(method: &str) -> Error {
    match method {
        "tools/call" => Error::new(
            Code::OutcomeUnknown,
            "the server ended while it ran this call",
        ),
        _ => Error::new(
            Code::ServerUnreachable,
            "the server ended before it answered",
        )
        .hint("Ask again; the connection is open anew."),
    }
}

/// A line is one message, or a batch (MCP 2025-03-26). What is neither is left to the house.
fn messages(line: &Bytes) -> Vec<Message<'_>> {
    if line.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(line).unwrap_or_default()
    } else {
        serde_json::from_slice(line).ok().into_iter().collect()
    }
}
