//! Lets a tool call another tool, as the same principal and through every stage again.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use genkan_core::{
    Call, Code, Error, Operation, Outcome, Principal, Result, ToolOutput,
    call::{Abilities, Credential, Door, ToolCall},
    context::Caller,
    id::{CorrelationId, ProfileName},
    trace::Trace,
};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::Engine;

/// How many tools may call each other in a row. Each level takes stack of the thread that runs it.
const DEEPEST: u8 = 4;

/// The way back into the engine for one running call.
pub(crate) struct EngineCaller {
    engine: Weak<Engine>,
    principal: Arc<Principal>,
    profile: ProfileName,
    correlation_id: CorrelationId,
    trace: Option<Arc<Trace>>,
    source: Arc<str>,
    cancel: CancellationToken,
    depth: u8,
}

impl EngineCaller {
    pub(crate) fn new(
        engine: &Arc<Engine>,
        principal: &Arc<Principal>,
        call: &Call,
        depth: u8,
    ) -> Self {
        Self {
            engine: Arc::downgrade(engine),
            principal: Arc::clone(principal),
            profile: call.profile.clone(),
            correlation_id: call.correlation_id.clone(),
            trace: call.trace.clone(),
            source: Arc::clone(&call.source),
            cancel: call.cancel.clone(),
            depth: depth + 1,
        }
    }
}

#[async_trait]
impl Caller for EngineCaller {
    async fn call_tool(&self, name: &str, arguments: Map<String, Value>) -> Result<ToolOutput> {
        let engine = self
            .engine
            .upgrade()
            .ok_or_else(|| Error::new(Code::ShuttingDown, "Genkan is stopping"))?;
        if self.depth > DEEPEST {
            let message = format!("more than {DEEPEST} tools called each other in a row");
            return Err(Error::new(Code::InvalidRequest, message));
        }
        let call = Call {
            operation: Operation::CallTool(ToolCall {
                name: name.to_owned(),
                arguments,
                ..ToolCall::default()
            }),
            credential: Credential::None,
            door: Door::Internal,
            profile: self.profile.clone(),
            correlation_id: self.correlation_id.clone(),
            trace: self.trace.clone(),
            source: Arc::clone(&self.source),
            abilities: Abilities::default(),
            events: None,
            cancel: self.cancel.clone(),
        };
        match engine
            .call_as(Arc::clone(&self.principal), call, self.depth)
            .await?
        {
            Outcome::Tool(output) => Ok(output),
            _ => Err(Error::internal(format!(
                "`{name}` asked a question of a tool"
            ))),
        }
    }
}
