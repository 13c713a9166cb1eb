//! What a tool is given besides its arguments, and all it is given: no store, no client, no global.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

pub use crate::question::{Answer, Question};
use crate::{
    Clock, Error, Principal, Random, Result, Stop, ToolOutput,
    call::{Abilities, Event, EventSink, LogLevel},
    change::{Bus, Change},
    id::{CorrelationId, ProfileName, TenantId},
    record::Ticket,
    task::Deferral,
    trace::Trace,
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
    /// What the call is found by in every log, also those of others.
    pub correlation_id: CorrelationId,
    /// The trace that the caller's request belongs to, for requests that leave the house.
    pub trace: Option<Arc<Trace>>,
    /// Calls other tools as the same principal.
    pub caller: Arc<dyn Caller>,
    /// For the store alone: where the record of this call waits.
    pub ticket: Ticket,
    /// Where progress and log messages go.
    pub events: Option<EventSink>,
    /// What the client can be asked.
    pub abilities: Abilities,
    /// Where changes are announced; use [`CallContext::announce`].
    pub bus: Bus,
    /// Whether the rest takes long; use [`CallContext::defer`].
    pub deferral: Deferral,
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
            events.progress(Event::Progress {
                progress,
                total,
                message,
            });
        }
    }

    /// Writes to the client's log, if it wants messages of this level. A slow client makes the call
    /// wait, since no message is left out. Never for secrets, and not the log of the house.
    pub async fn log(&self, level: LogLevel, logger: Option<&str>, data: impl Into<Value>) {
        if let Some(events) = self.events.as_ref().filter(|events| events.wants(level)) {
            let (logger, data) = (logger.map(str::to_owned), data.into());
            events
                .tell(Event::Log {
                    level,
                    logger,
                    data,
                })
                .await;
        }
    }

    /// Tells clients of this tenant who listen that something changed. Only after it did.
    pub fn announce(&self, change: Change) {
        self.bus.announce(self.tenant(), change);
    }

    /// Tells them of much that changed at once.
    pub fn announce_all(&self, changes: Vec<Change>) {
        self.bus.announce_all(self.tenant(), changes);
    }

    /// Whether anybody in the tenant listens, so that finding out what changed is worth its cost.
    pub fn is_heard(&self) -> bool {
        self.bus.is_heard(self.tenant())
    }

    /// Says that the rest of this call takes long, so that a client that knows tasks is answered
    /// with one now; what is asked afterwards is asked through the task. That is for tools whose
    /// definition allows tasks. A client of MCP 2025-11-25 is let go, and comes back for the
    /// answer. For other clients nothing changes.
    pub fn defer(&self) {
        self.deferral.defer();
    }

    /// Returns the answer to a question, or ends this attempt so that the client is asked.
    ///
    /// The tool is entered anew from the start with the answer, so it must have no effect before
    /// its last question. Keys name questions and are unique within the call.
    pub fn ask(&self, key: &str, question: Question) -> Result<Answer, Stop> {
        self.dialogue.ask(key, question)
    }

    /// Returns the answers to several questions, in order, or asks all that are open at once.
    pub fn ask_all<const N: usize>(
        &self,
        questions: [(&str, Question); N],
    ) -> Result<[Answer; N], Stop> {
        let answers = questions.map(|(key, question)| self.ask(key, question));
        let mut given = Vec::with_capacity(N);
        let mut is_open = false;
        for answer in answers {
            match answer {
                Ok(answer) => given.push(answer),
                Err(Stop::Ask) => is_open = true,
                Err(error) => return Err(error),
            }
        }
        match given.try_into() {
            Ok(given) if !is_open => Ok(given),
            _ => Err(Stop::Ask),
        }
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
            if let Question::Form { schema, .. } = &question
                && let (Some(check), Some(content)) = (self.check, value.get("content"))
            {
                check(schema, content)?;
            }
            return Ok(question.read(key, value)?);
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
