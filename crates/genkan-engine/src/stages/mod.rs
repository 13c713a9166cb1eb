//! The inner stages, in their one order. A stage either passes on what it learned or refuses.
//!
//! `admit` comes before all of them, in the ring: without a place in the record queue no call
//! begins. Cheap refusals stand first; arguments are validated before any policy reads them;
//! answers to a tool's questions are opened only for a call that is otherwise fine.

mod authenticate;
mod authorize;
mod expose;
mod rate;
mod resume;
mod run;
mod shape;
mod validate;

use std::{future::Future, sync::Arc, time::Duration};

use genkan_core::{
    Call, Code, Error, Operation, Outcome, Principal, Result,
    call::{Door, ToolCall},
    context::Dialogue,
};

pub(crate) use authenticate::Caller;
pub(crate) use rate::Rate;

use crate::{Engine, catalog::Entry, ring::Ring};

/// A stage of the path. Ordered as calls pass them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A place in the record queue is reserved.
    Admit,
    /// The credential becomes a principal.
    Authenticate,
    /// The principal has not called too often.
    Rate,
    /// The profile and the role show the tool.
    Expose,
    /// The arguments fit the input schema.
    Validate,
    /// The principal may do this with these arguments.
    Authorize,
    /// Answers and state of an earlier round are opened and spent.
    Resume,
    /// The tool runs.
    Run,
    /// The answer is brought into bounds for this reader.
    Shape,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 9] = [
        Self::Admit,
        Self::Authenticate,
        Self::Rate,
        Self::Expose,
        Self::Validate,
        Self::Authorize,
        Self::Resume,
        Self::Run,
        Self::Shape,
    ];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Authenticate => "authenticate",
            Self::Rate => "rate",
            Self::Expose => "expose",
            Self::Validate => "validate",
            Self::Authorize => "authorize",
            Self::Resume => "resume",
            Self::Run => "run",
            Self::Shape => "shape",
        }
    }

    /// Whether a fault at this stage is told to the model, which can mend its call, rather than to
    /// the protocol.
    const fn speaks_to_the_model(self) -> bool {
        matches!(
            self,
            Self::Validate | Self::Authorize | Self::Run | Self::Shape
        )
    }
}

/// Takes a call through every stage.
pub(crate) async fn pass(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    call: Call,
    caller: Caller,
) -> Result<Outcome> {
    let limit = engine.limits.call_timeout;
    let prepared = match within(limit, prepare(engine, ring, call, caller)).await? {
        Prepared::List(outcome) => return Ok(outcome),
        Prepared::Tool(prepared) => *prepared,
    };
    let limit = prepared.entry.definition.deadline.unwrap_or(limit);
    within(limit, perform(engine, ring, prepared)).await
}

/// A call to a tool that nothing refuses any more.
pub(crate) struct Ready {
    pub(crate) call: Call,
    pub(crate) principal: Arc<Principal>,
    pub(crate) entry: Arc<Entry>,
    pub(crate) tool_call: ToolCall,
    pub(crate) dialogue: Dialogue,
}

enum Prepared {
    List(Outcome),
    Tool(Box<Ready>),
}

/// The stages that can only refuse.
async fn prepare(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    mut call: Call,
    caller: Caller,
) -> Result<Prepared> {
    ring.reach(Stage::Admit).await?;

    ring.reach(Stage::Authenticate).await?;
    let principal = authenticate::principal(engine, ring, &call, caller).await?;

    ring.reach(Stage::Rate).await?;
    engine.rate.check(&principal)?;

    ring.reach(Stage::Expose).await?;
    let exposed = expose::to(engine, &call.profile, &principal).await?;
    let mut tool_call = match std::mem::replace(
        &mut call.operation,
        Operation::CallTool(ToolCall::default()),
    ) {
        Operation::ListTools { cursor, revision } => {
            let page = exposed.page(&principal, &call.profile, revision, cursor.as_deref())?;
            return Ok(Prepared::List(page));
        }
        Operation::CallTool(tool_call) => tool_call,
    };
    let entry = exposed.tool(&tool_call.name)?;
    ring.found(&entry, &tool_call.arguments);

    ring.reach(Stage::Validate).await?;
    tool_call.arguments = validate::arguments(&entry, tool_call.arguments)?;

    ring.reach(Stage::Authorize).await?;
    authorize::role(&principal, &entry)?;

    ring.reach(Stage::Resume).await?;
    let dialogue = resume::dialogue(engine, &principal, &entry, &mut tool_call).await?;

    Ok(Prepared::Tool(Box::new(Ready {
        call,
        principal,
        entry,
        tool_call,
        dialogue,
    })))
}

/// The stages that do something.
async fn perform(engine: &Arc<Engine>, ring: &mut Ring<'_>, ready: Ready) -> Result<Outcome> {
    ring.reach(Stage::Run).await?;
    let outcome = run::attempt(engine, ring, ready).await?;

    ring.reach(Stage::Shape).await?;
    Ok(shape::bounded(outcome, engine.limits.result_bytes))
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let message = format!("the call took longer than its {} s", limit.as_secs_f64());
        Err(Error::new(Code::DeadlineExceeded, message))
    })
}

/// Turns a fault that the model can mend into an answer of the tool; others stay with the protocol.
pub(crate) fn told(stage: Stage, door: Door, result: Result<Outcome>) -> Result<Outcome> {
    match result {
        Err(error)
            if door != Door::Internal
                && stage.speaks_to_the_model()
                && !is_protocol_fault(error.code()) =>
        {
            Ok(Outcome::Tool(genkan_core::ToolOutput::failure(&error)))
        }
        other => other,
    }
}

/// Faults of the house, of the client program or of the moment: no model can mend these.
fn is_protocol_fault(code: Code) -> bool {
    code.is_transient()
        || matches!(
            code,
            Code::Internal | Code::Cancelled | Code::MissingCapability
        )
}
