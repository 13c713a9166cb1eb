//! How Zulip says no.

use serde_json::{Map, Value, json};

/// A refusal in Zulip's form.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: &'static str,
    message: String,
    more: Map<String, Value>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            more: Map::new(),
        }
    }

    /// 400 with the code that most refusals have.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "BAD_REQUEST", message)
    }

    pub(super) fn missing(name: &str) -> Self {
        let message = format!("Missing '{name}' argument");
        Self::new(400, "REQUEST_VARIABLE_MISSING", message).with("var_name", name)
    }

    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn body(self) -> Value {
        let mut body = json!({ "result": "error", "msg": self.message, "code": self.code });
        for (name, value) in self.more {
            body[name] = value;
        }
        body
    }
}
