//! One request on its way: what is sent before its answer, and the answer.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;
use genkan_core::{Code, Error, Result};
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::error;

use super::{
    message::{Refusal, RequestId},
    visitor::Visitor,
    wire,
    written::Written,
};
use crate::house::House;

/// A request that is being served. Nothing runs unless the answer is awaited.
pub(crate) struct Exchange {
    /// Messages that go before the answer; `None` when there can be none.
    pub(crate) frames: Option<mpsc::Receiver<Bytes>>,
    /// The answer. To drop it is to abandon the call.
    pub(crate) answer: Answering,
    /// Whether it lasts until somebody ends it, as a stream of changes does.
    pub(crate) lasting: bool,
}

impl Exchange {
    /// A request that is answered and nothing else.
    pub(crate) fn plain(answer: Answering) -> Self {
        Self {
            frames: None,
            answer,
            lasting: false,
        }
    }

    /// A request that may be told things before its answer.
    pub(crate) fn telling(frames: mpsc::Receiver<Bytes>, answer: Answering) -> Self {
        Self {
            frames: Some(frames),
            answer,
            lasting: false,
        }
    }

    /// Passes messages on, beginning with `first`, until the answer has been passed on. The answer
    /// is awaited all the while, also while the client reads nothing.
    pub(crate) async fn carry(self, first: Option<Bytes>, out: &mpsc::Sender<Bytes>) {
        let Self {
            frames, mut answer, ..
        } = self;
        let mut frames = frames.unwrap_or_else(|| mpsc::channel(1).1);
        let mut next = first;
        let last = loop {
            tokio::select! {
                biased;
                permit = out.reserve(), if next.is_some() => match (permit, next.take()) {
                    (Ok(permit), Some(frame)) => permit.send(frame),
                    _ => return,
                },
                Some(frame) = frames.recv(), if next.is_none() => next = Some(frame),
                last = &mut answer => break last,
                () = out.closed() => return,
            }
        };
        while let Some(frame) = next.take().or_else(|| frames.try_recv().ok()) {
            if out.send(frame).await.is_err() {
                return;
            }
        }
        // Who cancelled a request does not want to hear of it again (MCP 2026-07-28 cancellation).
        if !last.is_cancelled() {
            let _ = out.send(last.body.whole()).await;
        }
    }
}

/// An answer to come.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The last message of an exchange.
pub(crate) struct Answer {
    /// The message in its wire form.
    pub(crate) body: Written,
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
    /// Whether it only says that the request was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.refused
            .is_some_and(|refused| refused.code == Code::Cancelled)
    }

    /// The answer to a request that was refused.
    pub(crate) fn refused(id: Option<&RequestId>, error: &Error) -> Self {
        Self {
            body: wire::error(id, error).into(),
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
    work: impl Future<Output = Result<impl Into<Written>>> + Send + 'static,
) -> Answering {
    answering_as(id, Code::json_rpc, work)
}

/// The same where an older revision has other numbers for some errors.
pub(crate) fn answering_as(
    id: RequestId,
    number: fn(Code) -> i32,
    work: impl Future<Output = Result<impl Into<Written>>> + Send + 'static,
) -> Answering {
    Box::pin(async move {
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(body)) => Answer {
                body: body.into(),
                refused: None,
            },
            Ok(Err(error)) => Answer {
                body: wire::error_as(Some(&id), &error, number(error.code())).into(),
                refused: Some(Refused::new(&error)),
            },
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
        Err::<Bytes, _>(error)
    })
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
