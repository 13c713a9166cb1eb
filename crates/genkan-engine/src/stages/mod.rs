//! The inner stages, in their one order. A stage either passes on what it learned or refuses.
//!
//! `admit` comes before all of them, in the ring: without a place in the record queue no call
//! begins. Cheap refusals stand first; arguments are validated before any policy reads them;
//! answers to a tool's questions are opened only for a call that is otherwise fine.

mod abilities;
mod authenticate;
mod authorize;
mod explain;
mod expose;
mod query;
mod rate;
mod resume;
mod run;
mod shape;
mod skills;
mod target;
mod validate;

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use genkan_core::{
    Call, Code, Error, Operation, Outcome, Principal, Result,
    call::{Door, ToolCall},
    context::Dialogue,
    id::IdempotencyKey,
    subscription::Subscription,
    task::TaskCall,
    within::within,
};
use serde_json::{Map, Value};

pub(crate) use authenticate::Caller;
pub use explain::{Verdict, Why};
pub(crate) use rate::Rate;
pub(crate) use target::Target;

use self::{expose::Found, query::Query};
use crate::{Engine, ring::Ring, tasks};

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
    let limit = engine.limits.get().call_timeout;
    let prepared = {
        let preparing = pin!(prepare(engine, ring, call, caller));
        in_time(limit, preparing).await?
    };
    let ready = match prepared {
        Prepared::Answer(outcome) => return Ok(outcome),
        Prepared::Query(query) => {
            let (call, principal, query) = *query;
            // Boxed, since it is large, and would make every call's future as large.
            let mut answer = Box::pin(ask(engine, ring, call, principal, query));
            return in_time(limit, answer.as_mut()).await;
        }
        Prepared::Task(task) => {
            let (call, principal, task) = *task;
            ring.reach(Stage::Run).await?;
            // Boxed for the same reason.
            let mut acting = Box::pin(tasks::act(engine, call, principal, task));
            return in_time(limit, acting.as_mut()).await;
        }
        Prepared::Call(ready) => *ready,
    };
    let usual = match ring.outliving() {
        Some(_) => tasks::LONGEST,
        None => limit,
    };
    let limit = ready.target.deadline().unwrap_or(usual);
    in_time(limit, pin!(perform(engine, ring, ready))).await
}

/// A call that nothing refuses any more.
pub(crate) struct Ready {
    pub(crate) call: Call,
    pub(crate) principal: Arc<Principal>,
    pub(crate) target: Target,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) dialogue: Dialogue,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

enum Prepared {
    Answer(Outcome),
    Query(Box<(Call, Arc<Principal>, Query)>),
    Task(Box<(Call, Arc<Principal>, TaskCall)>),
    Call(Box<Ready>),
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
    engine.rate.check(&principal).await?;

    ring.reach(Stage::Expose).await?;
    let exposed = expose::to(engine, &call.profile, &principal).await?;
    let nothing = Operation::CallTool(ToolCall::default());
    let operation = std::mem::replace(&mut call.operation, nothing);
    let mut asked = match exposed.find(&principal, &call.profile, operation)? {
        Found::Answer(Outcome::Subscribed(subscription)) => {
            let outcome = Box::pin(follow(engine, &call, subscription)).await?;
            return Ok(Prepared::Answer(outcome));
        }
        Found::Answer(outcome) => return Ok(Prepared::Answer(outcome)),
        Found::Task(task) => return Ok(Prepared::Task(Box::new((call, principal, task)))),
        Found::Query(query) => return Ok(Prepared::Query(Box::new((call, principal, query)))),
        Found::Asked(asked) => asked,
    };
    ring.found(&asked.target, &asked.arguments);

    ring.reach(Stage::Validate).await?;
    asked.arguments = validate::arguments(&asked.target, asked.arguments)?;
    if asked.idempotency_key.is_some() {
        validate::takes_key(&asked.target)?;
    }

    ring.reach(Stage::Authorize).await?;
    authorize::role(&principal, &asked.target)?;
    if asked.target.needs_task() {
        tasks::check_declared(&call.abilities)?;
    }

    ring.reach(Stage::Resume).await?;
    let dialogue = resume::dialogue(engine, &principal, &mut asked).await?;

    Ok(Prepared::Call(Box::new(Ready {
        call,
        principal,
        target: asked.target,
        arguments: asked.arguments,
        dialogue,
        idempotency_key: asked.idempotency_key,
    })))
}

/// The stages that do something.
async fn perform(engine: &Arc<Engine>, ring: &mut Ring<'_>, ready: Ready) -> Result<Outcome> {
    ring.reach(Stage::Run).await?;
    let outcome = run::attempt(engine, ring, ready).await?;

    ring.reach(Stage::Shape).await?;
    shape::bounded(outcome, engine.limits.get().result_bytes)
}

/// The same for what is metered and not recorded. Only what the caller may see is asked.
async fn ask(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    call: Call,
    principal: Arc<Principal>,
    query: Query,
) -> Result<Outcome> {
    ring.reach(Stage::Run).await?;
    run::query(engine, ring, call, principal, query).await
}

/// Leaves in a subscription the tasks that the listener may follow.
async fn follow(
    engine: &Engine,
    call: &Call,
    mut subscription: Box<Subscription>,
) -> Result<Outcome> {
    let wanted = std::mem::take(&mut subscription.accepted.tasks);
    if call.abilities.tasks {
        let principal = &subscription.principal;
        subscription.accepted.tasks = tasks::owned(engine, principal, wanted).await?;
    }
    Ok(Outcome::Subscribed(subscription))
}

async fn in_time<T>(limit: Duration, work: Pin<&mut impl Future<Output = Result<T>>>) -> Result<T> {
    within(limit, work).await.unwrap_or_else(|_| {
        let message = format!("the call took longer than its {} s", limit.as_secs_f64());
        Err(Error::new(Code::DeadlineExceeded, message))
    })
}

/// Turns a fault that the model can mend into an answer of the tool; others stay with the protocol.
pub(crate) fn told(
    stage: Stage,
    door: Door,
    is_tool: bool,
    result: Result<Outcome>,
) -> Result<Outcome> {
    match result {
        Err(error)
            if is_tool
                && door != Door::Internal
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
