//! Tasks: work that goes on after its call was answered (MCP extension
//! `io.modelcontextprotocol/tasks`, SEP-2663).

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Map, Value, value::RawValue};
use tokio::sync::Notify;

use crate::Timestamp;

/// Whether calls of a tool may go on as tasks. A client that does not know tasks never gets one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TaskSupport {
    /// They never do.
    #[default]
    Never,
    /// They do when they take long, or when the tool says so ([`Deferral`]).
    Allowed,
    /// Like allowed; a client that does not know tasks cannot call the tool at all.
    Required,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// It is being worked on.
    Working,
    /// It waits for answers of its client.
    InputRequired,
    /// It ended with a result, which may itself report a failure.
    Completed,
    /// It ended with a fault of the protocol or of the house.
    Failed,
    /// Its client no longer wants it.
    Cancelled,
}

impl TaskStatus {
    const ALL: [Self; 5] = [
        Self::Working,
        Self::InputRequired,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word on the wire and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::InputRequired => "input_required",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing changes any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// What a client is told of a task.
#[derive(Clone, Debug)]
pub struct Task {
    /// The id, which nobody can guess.
    pub id: Arc<str>,
    /// How far it is.
    pub status: TaskStatus,
    /// The same for people, where there is more to say.
    pub message: Option<String>,
    /// When it began.
    pub created: Timestamp,
    /// When anything about it last changed.
    pub updated: Timestamp,
    /// How long after its beginning it can be asked for.
    pub keep: Duration,
    /// How often to ask for it, at most.
    pub poll: Duration,
    /// What goes with the status.
    pub detail: Detail,
}

/// What goes with the status of a task.
#[derive(Clone, Debug)]
pub enum Detail {
    /// Nothing.
    None,
    /// The open questions by key: `{key: {method, params}}`.
    Requests(Map<String, Value>),
    /// The result of the call, in its wire form.
    Result(Box<RawValue>),
    /// The JSON-RPC error object.
    Error(Box<RawValue>),
}

/// The parameters of `tasks/get`, `tasks/update` and `tasks/cancel`.
#[derive(Debug)]
pub struct TaskCall {
    /// The id as the client wrote it; it need not exist.
    pub id: String,
    /// What is wanted.
    pub act: TaskAct,
}

/// What is wanted of a task.
#[derive(Debug)]
pub enum TaskAct {
    /// To know how far it is.
    Get,
    /// To answer its questions, by key.
    Update(HashMap<String, Value>),
    /// To end it.
    Cancel,
}

impl TaskAct {
    /// The MCP method.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Get => "tasks/get",
            Self::Update(_) => "tasks/update",
            Self::Cancel => "tasks/cancel",
        }
    }
}

/// A tool's word that the rest of a call takes long. The engine listens where the client knows
/// tasks, a door where its client may hang up and come back; elsewhere it means nothing, and the
/// call goes on as it is.
#[derive(Clone, Debug, Default)]
pub struct Deferral(Arc<Said>);

#[derive(Debug, Default)]
struct Said {
    flag: AtomicBool,
    wake: Notify,
}

impl Deferral {
    /// Says it.
    pub fn defer(&self) {
        self.0.flag.store(true, Ordering::Release);
        self.0.wake.notify_one();
    }

    /// Whether it was said.
    pub fn is_said(&self) -> bool {
        self.0.flag.load(Ordering::Acquire)
    }

    /// Waits until it is said.
    pub async fn said(&self) {
        while !self.is_said() {
            self.0.wake.notified().await;
        }
    }
}
