//! Run: the tool does its work, under the deadline and cancellation of the call.

use std::sync::Arc;

use genkan_core::{
    CallContext, Code, Error, Outcome, Result, Stop, call::Abilities, digest::Digest,
    outcome::InputRequired,
};
use serde_json::{Map, Value, json};

use super::Ready;
use crate::{Engine, caller::EngineCaller, ring::Ring};

pub(super) async fn attempt(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    ready: Ready,
) -> Result<Outcome> {
    let Ready {
        call,
        principal,
        entry,
        tool_call,
        dialogue,
    } = ready;
    // Taken before the tool consumes them: a later round must come with the same arguments.
    let arguments = entry
        .definition
        .asks
        .then(|| Digest::of_object(&tool_call.arguments));
    let ctx = CallContext {
        caller: Arc::new(EngineCaller::new(engine, &principal, &call, ring.depth())),
        principal,
        profile: call.profile,
        clock: Arc::clone(&engine.clock),
        random: Arc::clone(&engine.random),
        cancel: call.cancel,
        ticket: if entry.definition.effect.is_read_only() {
            Default::default()
        } else {
            ring.ticket()
        },
        events: call.events,
        dialogue,
    };
    match entry.tool.call(&ctx, tool_call.arguments).await {
        Ok(output) => Ok(Outcome::Tool(output)),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Ask) => {
            let asked = ctx.dialogue.take_asked();
            check_abilities(&call.abilities, &asked.requests)?;
            let arguments = arguments.ok_or_else(|| {
                Error::internal(format!(
                    "`{}` asks without saying so in its definition",
                    entry.definition.name
                ))
            })?;
            let request_state = engine
                .request_states
                .seal(engine, &ctx, &entry, arguments, &asked)?;
            Ok(Outcome::InputRequired(InputRequired {
                requests: asked.requests,
                request_state,
            }))
        }
    }
}

/// Nothing may be asked that the client did not declare (MCP 2026-07-28, multi round-trip requests).
fn check_abilities(abilities: &Abilities, requests: &Map<String, Value>) -> Result<()> {
    let needs_form = requests
        .values()
        .any(|request| request["method"] == "elicitation/create");
    if !needs_form || abilities.elicitation_form {
        return Ok(());
    }
    let message = "this call must ask its user something, and the client declared no way to do so";
    let needed = json!({ "requiredCapabilities": { "elicitation": { "form": {} } } });
    Err(Error::new(Code::MissingCapability, message).data(needed))
}
