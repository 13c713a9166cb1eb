//! How a call went, in a form that each door can write in its own words.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    Code, Error, completion::Completion, prompt::Messages, resource::Reading,
    subscription::Subscription, task::Task,
};

/// What the engine answers.
#[derive(Debug)]
pub enum Outcome {
    /// A tool's answer; also when the tool itself reports a failure (`is_error`).
    Tool(ToolOutput),
    /// The tool needs answers first (MCP `input_required`).
    InputRequired(InputRequired),
    /// One page of a list, or one entry of it, serialised already: the members of the result object
    /// without the braces, so that a door adds its own.
    List(Arc<ListPage>),
    /// A prompt, written.
    Prompt(Messages),
    /// What was read.
    Reading(Reading),
    /// What may come next in an argument.
    Completion(Completion),
    /// Changes will be told.
    Subscribed(Box<Subscription>),
    /// The call goes on as this task.
    TaskCreated(Box<Task>),
    /// How far a task is.
    Task(Box<Task>),
    /// It was done, and there is nothing to say.
    Done,
}

/// One page of a list in the wire form.
#[derive(Debug)]
pub struct ListPage {
    /// The members of the result: `"tools":[…]` and, if there is more, `"nextCursor":"…"`.
    pub members: Bytes,
}

/// What a call must be told before it can go on.
#[derive(Debug, Clone)]
pub struct InputRequired {
    /// The requests by key: `{key: {method, params}}`.
    pub requests: Map<String, Value>,
    /// To be sent back with the answers. Sealed: it means nothing to anyone else.
    pub request_state: String,
}

/// One content block of a tool's answer.
#[derive(Debug, Clone)]
pub enum Content {
    /// Text.
    Text(Cow<'static, str>),
    /// Any block, already in its wire form: images, links, what an upstream sent.
    Raw(Box<RawValue>),
}

/// A tool's answer.
#[derive(Debug, Default, Clone)]
pub struct ToolOutput {
    /// The content blocks, in order.
    pub content: Vec<Content>,
    /// The structured answer, serialised once. Its text form is also the first content block for
    /// clients that do not read structured content, unless `content` says otherwise.
    pub structured: Option<Box<RawValue>>,
    /// Whether the tool reports a failure.
    pub is_error: bool,
    /// Members of the result's `_meta`.
    pub meta: Option<Box<Map<String, Value>>>,
}

impl ToolOutput {
    /// A plain text answer.
    pub fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            content: vec![Content::Text(text.into())],
            ..Self::default()
        }
    }

    /// A structured answer.
    pub fn structured(answer: &impl Serialize) -> crate::Result<Self> {
        let raw = serde_json::value::to_raw_value(answer).map_err(Error::internal)?;
        Ok(Self {
            structured: Some(raw),
            ..Self::default()
        })
    }

    /// A failure that the model may read and mend: `{code, message, hint, doc}`.
    pub fn failure(error: &Error) -> Self {
        let shown = error.shown();
        let mut text = format!("{} ({})\n{}", shown.message, shown.code, shown.hint);
        if let Some(data) = error.data_value() {
            text.push('\n');
            text.push_str(&data.to_string());
        }
        Self {
            content: vec![Content::Text(text.into())],
            is_error: true,
            ..Self::default()
        }
    }
}

/// Why a tool ended without an answer.
#[derive(Debug)]
pub enum Stop {
    /// It asked something that this request does not answer yet; the questions wait in the context.
    Ask,
    /// It failed or refused.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a tool returns.
pub type ToolResult = std::result::Result<ToolOutput, Stop>;

/// How a call ended, as its record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// It did what was asked.
    Ok,
    /// It waits for answers.
    InputRequired,
    /// A stage said no.
    Refused(Code),
    /// It ran and failed.
    Failed(Code),
    /// It panicked.
    Panicked,
    /// Its time was over.
    TimedOut,
    /// The caller went away or cancelled.
    Cancelled,
}

impl Disposition {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::InputRequired => "input_required",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
        }
    }

    /// The error code that goes with it.
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Ok | Self::InputRequired => None,
            Self::Refused(code) | Self::Failed(code) => Some(code),
            Self::Panicked => Some(Code::Internal),
            Self::TimedOut => Some(Code::DeadlineExceeded),
            Self::Cancelled => Some(Code::Cancelled),
        }
    }
}
