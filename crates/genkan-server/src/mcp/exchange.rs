//! One request on its way: what is sent before its answer, and the answer.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;
use genkan_core::{
    Code, Error, Operation, Outcome, Result,
    call::{Abilities, Event, EventSink},
};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::{
    message::{Refusal, RequestId},
    progress::{EVENTS, Progress},
    visitor::Visitor,
    wire,
};
use crate::house::House;

/// A request that is being served. Nothing runs unless the answer is awaited.
pub(crate) struct Exchange {
    /// Messages that go before the answer; `None` when there can be none.
    pub(crate) frames: Option<mpsc::Receiver<Bytes>>,
    /// The answer. To drop it is to abandon the call.
    pub(crate) answer: Answering,
}

/// An answer to come.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The last message of an exchange.
pub(crate) struct Answer {
    /// The message in its wire form.
    pub(crate) body: Bytes,
    /// What a transport must know of an error; `None` for a result.
    pub(crate) refused: Option<Refused>,
}

/// The part of an error that a transport shows in its own words.
#[derive(Clone, Copy)]
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) retry_after_seconds: Option<u64>,
}

impl Answer {
    /// The answer to a request that was refused.
    pub(crate) fn refused(id: Option<&RequestId>, error: &Error) -> Self {
        Self {
            body: wire::error(id, error),
            refused: Some(Refused::new(error)),
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.id.as_ref(), &refusal.error)
    }
}

impl Refused {
    pub(crate) fn new(error: &Error) -> Self {
        let told = error
            .data_value()
            .and_then(|data| data["retryAfterSeconds"].as_f64());
        let retry_after_seconds = error.code().is_transient().then(|| whole_seconds(told));
        Self {
            code: error.code(),
            retry_after_seconds,
        }
    }
}

/// At least a second and at most an hour.
fn whole_seconds(seconds: Option<f64>) -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 1–3,600"
    )]
    let whole = seconds.unwrap_or(1.0).ceil().clamp(1.0, 3_600.0) as u64;
    whole
}

/// Turns work into an answer: an error becomes one, and so does a panic.
pub(crate) fn answering(
    id: RequestId,
    work: impl Future<Output = Result<Bytes>> + Send + 'static,
) -> Answering {
    Box::pin(async move {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(body)) => Answer {
                body,
                refused: None,
            },
            Ok(Err(error)) => Answer::refused(Some(&id), &error),
            Err(_) => {
                error!("serving a request panicked");
                Answer::refused(Some(&id), &Error::internal("a request handler panicked"))
            }
        }
    })
}

/// Refuses a request. Who may not come in at all is told that first, whatever else is wrong.
pub(crate) fn refusing(
    house: &Arc<House>,
    visitor: Visitor,
    id: RequestId,
    error: Error,
) -> Answering {
    let house = Arc::clone(house);
    answering(id, async move {
        visitor.principal(&house).await?;
        Err(error)
    })
}

/// Where the progress of a call is told.
pub(crate) struct Telling {
    pub(crate) progress: Progress,
    pub(crate) frames: mpsc::Sender<Bytes>,
}

impl Telling {
    /// A full channel means a slow client; later progress stands for what is left out here.
    fn tell(&mut self, event: Event) {
        if let Some(notification) = self.progress.notification(event) {
            let _ = self.frames.try_send(notification);
        }
    }
}

/// One attempt of an operation, with its progress told while it runs.
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
    let sink = EventSink::new(sender, None);
    // Boxed: the way through the engine is long, and so is its future.
    let mut call =
        Box::pin(engine.call(visitor.into_call(operation, abilities, Some(sink), cancel)));
    loop {
        tokio::select! {
            biased;
            Some(event) = events.recv() => telling.tell(event),
            outcome = &mut call => {
                while let Ok(event) = events.try_recv() {
                    telling.tell(event);
                }
                return outcome;
            }
        }
    }
}

/// The error for a method that nobody serves.
pub(crate) fn no_such_method(method: &str) -> Error {
    let shown: String = method
        .chars()
        .take(64)
        .flat_map(char::escape_debug)
        .collect();
    Error::new(
        Code::MethodNotFound,
        format!("there is no method `{shown}`"),
    )
}

/// The error for a revision that is not served in the way it was asked for.
pub(crate) fn unsupported_version(requested: &str, supported: &[&str]) -> Error {
    let shown: String = requested
        .chars()
        .take(32)
        .flat_map(char::escape_debug)
        .collect();
    Error::new(
        Code::UnsupportedVersion,
        format!("MCP revision `{shown}` is not served here"),
    )
    .data(serde_json::json!({"supported": supported, "requested": Value::from(requested)}))
}
