//! The record of one call: execution and audit in one row, written exactly once.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    Timestamp,
    call::Door,
    id::{CorrelationId, ExecutionId, PrincipalId, TenantId},
    outcome::Disposition,
};

/// What is known of a call when it ends.
#[derive(Clone, Debug)]
pub struct Record {
    /// Whose call it was; `system` for callers nobody knows.
    pub tenant: TenantId,
    /// The execution.
    pub id: ExecutionId,
    /// When it began.
    pub started: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// Who called, once known.
    pub principal: Option<PrincipalId>,
    /// Through which door.
    pub door: Door,
    /// The MCP method, or the act of the house that is recorded.
    pub operation: &'static str,
    /// What was acted on, at most 128 bytes.
    pub subject: Option<Arc<str>>,
    /// The stage that was reached.
    pub stage: &'static str,
    /// How it ended.
    pub disposition: Disposition,
    /// How many like events this row stands for (failed sign-ins are summed up), else 1.
    pub count: u32,
    /// Ties together what one request caused.
    pub correlation_id: CorrelationId,
    /// What may name a person; kept beside the chain, so that it can be erased.
    pub personal: Personal,
    /// Whether the store keeps the call as one that is away until this record is written.
    pub has_departed: bool,
    /// What the call answered, where it may be sent again under an idempotency key.
    pub answer: Option<Arc<str>>,
}

/// Fields that may name a person. The chain holds only their salted digest.
#[derive(Clone, Debug, Default)]
pub struct Personal {
    /// The arguments, masked and cut, as JSON text.
    pub arguments: Option<String>,
    /// Where the call came from.
    pub source: Option<Arc<str>>,
}

/// The reserved place in the record queue, with the record begun: it travels with a mutating call
/// so that the store writes effect and record in one transaction. Opaque to everyone in between.
#[derive(Clone, Default)]
pub struct Ticket(Arc<Mutex<Option<Box<dyn Any + Send>>>>);

impl Ticket {
    /// Wraps what the store will need.
    pub fn new(content: impl Any + Send) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(content)))))
    }

    /// Takes the content, once; `None` when it is gone or of another type.
    pub fn take<T: Any + Send>(&self) -> Option<T> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let content = slot.take()?;
        match content.downcast::<T>() {
            Ok(content) => Some(*content),
            Err(other) => {
                *slot = Some(other);
                None
            }
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}
