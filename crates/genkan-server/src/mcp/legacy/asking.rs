//! Requests of the server to the client, which sessions know: sent, remembered, settled.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use genkan_core::{Code, Error, Result};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::mcp::message::{RequestId, Response};

/// How many questions may be open in one session.
const OPEN: usize = 64;

/// A client's result, or its error object.
pub(super) type Reply = Result<Value, Value>;

/// The questions of one session. Answers to what nobody asked are ignored.
#[derive(Debug, Default)]
pub(crate) struct Asking(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    last: u64,
    closed: bool,
    waiting: HashMap<u64, oneshot::Sender<Reply>>,
}

/// A question that waits for its answer; forgotten when dropped.
pub(super) struct Waiting<'a> {
    asking: &'a Asking,
    pub(super) id: u64,
    pub(super) reply: oneshot::Receiver<Reply>,
}

impl Asking {
    /// Opens a question under a fresh id.
    pub(super) fn open(&self) -> Result<Waiting<'_>> {
        let mut open = self.lock();
        if open.closed {
            return Err(Error::new(
                Code::Cancelled,
                "the client left before it could be asked",
            ));
        }
        if open.waiting.len() >= OPEN {
            return Err(Error::new(
                Code::Overloaded,
                format!("{OPEN} questions to this client are open already"),
            ));
        }
        open.last += 1;
        let (id, (sender, reply)) = (open.last, oneshot::channel());
        open.waiting.insert(id, sender);
        Ok(Waiting {
            asking: self,
            id,
            reply,
        })
    }

    /// Hands a client's response to whoever asked.
    pub(crate) fn settle(&self, response: Response) {
        let RequestId::Number(number) = response.id else {
            return;
        };
        let waiting = number
            .as_u64()
            .and_then(|id| self.lock().waiting.remove(&id));
        if let Some(waiting) = waiting {
            let _ = waiting.send(response.outcome);
        }
    }

    /// Nobody will answer any more.
    pub(crate) fn close(&self) {
        let mut open = self.lock();
        open.closed = true;
        open.waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.asking.lock().waiting.remove(&self.id);
    }
}
