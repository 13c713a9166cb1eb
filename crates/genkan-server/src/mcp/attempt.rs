//! One attempt of an operation, with what happens in it told while it runs.

use bytes::Bytes;
use genkan_core::{
    Operation, Outcome, Result,
    call::{Abilities, Event, EventSink, LogLevel},
    task::Deferral,
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    progress::{EVENTS, Progress},
    visitor::Visitor,
    wire,
};
use crate::house::House;

/// Where the events of a call are told, and which of them.
pub(crate) struct Telling {
    /// How progress is told, where the client wants it.
    pub(crate) progress: Option<Progress>,
    /// From which level on log messages are told; none without one.
    pub(crate) logs: Option<LogLevel>,
    pub(crate) frames: mpsc::Sender<Bytes>,
    /// Where a tool says that the rest takes long, for a client that may come back for it.
    pub(crate) deferral: Option<Deferral>,
}

impl Telling {
    /// Tells an event, or returns what must be told once there is room. A full channel means a slow
    /// client: later progress stands for what is left out here, and nothing else is left out.
    fn tell(&mut self, event: Event) -> Option<Bytes> {
        match event {
            Event::Log {
                level,
                logger,
                data,
            } => {
                let message = log_message(level, logger, data);
                match self.frames.try_send(message) {
                    Err(mpsc::error::TrySendError::Full(message)) => Some(message),
                    Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => None,
                }
            }
            Event::Progress { .. } => {
                let told = self.progress.as_mut()?.notification(event)?;
                let _ = self.frames.try_send(told);
                None
            }
        }
    }

    /// Tells what is left when the call is over.
    async fn tell_rest(&mut self, waiting: Option<Bytes>, events: &mut mpsc::Receiver<Event>) {
        let mut waiting = waiting;
        loop {
            if let Some(message) = waiting.take() {
                let _ = self.frames.send(message).await;
            }
            match events.try_recv() {
                Ok(event) => waiting = self.tell(event),
                Err(_) => return,
            }
        }
    }
}

/// MCP 2026-07-28 logging, message notifications.
fn log_message(level: LogLevel, logger: Option<String>, data: serde_json::Value) -> Bytes {
    let mut params = json!({"level": level.as_str(), "data": data});
    if let Some(logger) = logger {
        params["logger"] = logger.into();
    }
    wire::notification("notifications/message", &params)
}

/// Runs an operation once, and tells its events meanwhile. A client that reads slowly does not hold
/// up the call's deadline.
pub(crate) async fn attempt(
    house: &House,
    visitor: Visitor,
    operation: Operation,
    abilities: Abilities,
    cancel: CancellationToken,
    telling: Option<&mut Telling>,
) -> Result<Outcome> {
    let engine = &house.engine;
    let Some(telling) = telling else {
        let call = visitor.into_call(operation, abilities, None, cancel);
        return Box::pin(engine.call(call)).await;
    };
    let (sender, mut events) = mpsc::channel(EVENTS);
    let mut sink = EventSink::new(sender, telling.logs);
    sink.deferral = telling.deferral.clone();
    // Boxed: the way through the engine is long, and so is its future.
    let mut call =
        Box::pin(engine.call(visitor.into_call(operation, abilities, Some(sink), cancel)));
    let frames = telling.frames.clone();
    let mut waiting = None;
    loop {
        tokio::select! {
            biased;
            permit = frames.reserve(), if waiting.is_some() => {
                if let (Ok(permit), Some(message)) = (permit, waiting.take()) {
                    permit.send(message);
                }
            }
            Some(event) = events.recv(), if waiting.is_none() => waiting = telling.tell(event),
            outcome = &mut call => {
                telling.tell_rest(waiting, &mut events).await;
                return outcome;
            }
        }
    }
}
