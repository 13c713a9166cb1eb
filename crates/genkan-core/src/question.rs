//! What a call can ask its client, and what comes back.

use serde_json::{Map, Value, json};

use crate::{Code, Error, Result};

/// What can be asked in the middle of a call (MCP 2026-07-28, multi round-trip requests).
#[derive(Debug, Clone)]
pub enum Question {
    /// A form: a message and a flat JSON Schema object (`elicitation/create`).
    Form {
        /// What the person reads.
        message: String,
        /// The `requestedSchema`.
        schema: Value,
    },
    /// A page for the person to open (`elicitation/create`, URL mode).
    Url {
        /// What the person reads.
        message: String,
        /// The address of the page.
        url: String,
    },
    /// A completion by the client's own model: the parameters of `sampling/createMessage`.
    Sampling(Map<String, Value>),
    /// The folders that the client works in (`roots/list`).
    Roots,
}

impl Question {
    /// The wire form `{method, params}`.
    pub(crate) fn to_request(&self) -> Value {
        match self {
            Self::Form { message, schema } => json!({
                "method": "elicitation/create",
                "params": {"mode": "form", "message": message, "requestedSchema": schema},
            }),
            Self::Url { message, url } => json!({
                "method": "elicitation/create",
                "params": {"mode": "url", "message": message, "url": url},
            }),
            Self::Sampling(params) => json!({"method": "sampling/createMessage", "params": params}),
            Self::Roots => json!({"method": "roots/list", "params": {}}),
        }
    }

    /// Reads what came back, in the form that belongs to the question.
    pub(crate) fn read(&self, key: &str, value: &Value) -> Result<Answer> {
        match self {
            Self::Form { .. } | Self::Url { .. } => Answer::of_person(key, value),
            Self::Sampling(_) => {
                let fits = value["role"].is_string()
                    && value["model"].is_string()
                    && (value["content"].is_object() || value["content"].is_array());
                Answer::of_program(key, value, fits, "a sampling result")
            }
            Self::Roots => {
                Answer::of_program(key, value, value["roots"].is_array(), "a list of roots")
            }
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The person filled the form or opened the page, or the client did what was asked: the form's
    /// content, or the whole result of `sampling/createMessage` or `roots/list`.
    Accepted(Map<String, Value>),
    /// The person said no.
    Declined,
    /// The person closed the form.
    Cancelled,
}

impl Answer {
    /// The content, or an error that says that the person declined.
    pub fn accepted(self) -> Result<Map<String, Value>> {
        match self {
            Self::Accepted(content) => Ok(content),
            Self::Declined | Self::Cancelled => Err(Error::new(
                Code::AnswerDeclined,
                "the question was declined",
            )),
        }
    }

    fn of_person(key: &str, value: &Value) -> Result<Self> {
        let malformed = || malformed(key, "an elicitation result");
        match value.get("action").and_then(Value::as_str) {
            Some("accept") => match value.get("content") {
                None => Ok(Self::Accepted(Map::new())),
                Some(Value::Object(content)) => Ok(Self::Accepted(content.clone())),
                Some(_) => Err(malformed()),
            },
            Some("decline") => Ok(Self::Declined),
            Some("cancel") => Ok(Self::Cancelled),
            _ => Err(malformed()),
        }
    }

    fn of_program(key: &str, value: &Value, fits: bool, wanted: &str) -> Result<Self> {
        match value {
            Value::Object(members) if fits => Ok(Self::Accepted(members.clone())),
            _ => Err(malformed(key, wanted)),
        }
    }
}

fn malformed(key: &str, wanted: &str) -> Error {
    let key = key.escape_debug();
    Error::new(
        Code::AnswerInvalid,
        format!("the answer `{key}` is not {wanted}"),
    )
}
