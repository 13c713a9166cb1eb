//! What a tool is given besides its arguments, and all it is given: no store, no client, no global.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, Code, Error, Principal, Random, Result, Stop, ToolOutput,
    call::{Event, EventSink},
    id::{ProfileName, TenantId},
    record::Ticket,
};

/// Calls another tool as the same principal, through every stage again.
#[async_trait]
pub trait Caller: Send + Sync {
    /// Calls the tool by its wire name. Questions it asks are an error here.
    async fn call_tool(&self, name: &str, arguments: Map<String, Value>) -> Result<ToolOutput>;
}

/// The surroundings of one run of one tool.
pub struct CallContext {
    /// Who calls.
    pub principal: Arc<Principal>,
    /// The profile of the endpoint.
    pub profile: ProfileName,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Cancelled when the caller no longer waits, or the deadline is over.
    pub cancel: CancellationToken,
    /// Calls other tools as the same principal.
    pub caller: Arc<dyn Caller>,
    /// For the store alone: where the record of this call waits.
    pub ticket: Ticket,
    /// Where progress goes.
    pub events: Option<EventSink>,
    /// What was answered and what is being asked.
    pub dialogue: Dialogue,
}

impl CallContext {
    /// The tenant of the principal.
    pub fn tenant(&self) -> &TenantId {
        &self.principal.tenant
    }

    /// Tells the client how far the call is. Costs nothing when nobody listens.
    pub fn progress(&self, progress: f64, total: Option<f64>, message: impl Into<String>) {
        if let Some(events) = &self.events {
            let message = Some(message.into()).filter(|text| !text.is_empty());
            // A full channel means a slow client; the next progress replaces this one.
            let _ = events.try_send(Event::Progress {
                progress,
                total,
                message,
            });
        }
    }

    /// Returns the answer to a question, or ends this attempt so that the client is asked.
    ///
    /// The tool is entered anew from the start with the answer, so it must have no effect before
    /// its last question. Keys name questions and are unique within the call.
    pub fn ask(&self, key: &str, question: Question) -> Result<Answer, Stop> {
        self.dialogue.ask(key, question)
    }

    /// The state that an earlier attempt of this call kept with [`CallContext::keep`].
    pub fn state<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        match &self.dialogue.state {
            Value::Null => Ok(None),
            state => T::deserialize(state).map(Some).map_err(Error::internal),
        }
    }

    /// Keeps state for the next attempt. It travels sealed through the client.
    pub fn keep(&self, state: &impl Serialize) -> Result<()> {
        let state = serde_json::to_value(state).map_err(Error::internal)?;
        self.dialogue.lock().kept = Some(state);
        Ok(())
    }
}

/// What a tool can ask its caller.
#[derive(Debug, Clone)]
pub enum Question {
    /// A form: a message and a flat JSON Schema object (MCP `elicitation/create`).
    Form {
        /// What the person reads.
        message: String,
        /// The `requestedSchema`.
        schema: Value,
    },
}

impl Question {
    /// The wire form `{method, params}`.
    fn to_request(&self) -> Value {
        match self {
            Self::Form { message, schema } => serde_json::json!({
                "method": "elicitation/create",
                "params": {"mode": "form", "message": message, "requestedSchema": schema},
            }),
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The person filled the form.
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

    fn parse(key: &str, value: &Value) -> Result<Self> {
        let malformed = || {
            Error::new(
                Code::AnswerInvalid,
                format!(
                    "the answer `{}` is not an elicitation result",
                    key.escape_debug()
                ),
            )
        };
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
}

/// The questions and answers of one call. The engine fills and reads it; a tool uses the context.
#[derive(Debug, Default)]
pub struct Dialogue {
    /// Answers by key: those of this request and those sealed in its state.
    pub answers: HashMap<String, Value>,
    /// What the earlier attempt kept.
    pub state: Value,
    /// Checks an accepted form against the schema that was asked for.
    pub check: Option<fn(schema: &Value, content: &Value) -> Result<()>>,
    asked: Mutex<Asked>,
}

/// What an attempt left behind for the engine.
#[derive(Debug, Default)]
pub struct Asked {
    /// The open questions in wire form, by key.
    pub requests: Map<String, Value>,
    /// The state to seal, if the attempt kept any.
    pub kept: Option<Value>,
}

impl Dialogue {
    /// Takes what the attempt asked and kept.
    pub fn take_asked(&self) -> Asked {
        std::mem::take(&mut *self.lock())
    }

    /// Returns the answer, or keeps the question; tools use [`CallContext::ask`].
    pub fn ask(&self, key: &str, question: Question) -> Result<Answer, Stop> {
        if let Some(value) = self.answers.get(key) {
            let Question::Form { schema, .. } = &question;
            if let (Some(check), Some(content)) = (self.check, value.get("content")) {
                check(schema, content)?;
            }
            return Ok(Answer::parse(key, value)?);
        }
        self.lock()
            .requests
            .insert(key.to_owned(), question.to_request());
        Err(Stop::Ask)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
