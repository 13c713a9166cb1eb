//! Run: the tool does its work, under the deadline and cancellation of the call.

use std::{sync::Arc, time::Duration};

use genkan_core::{
    Call, CallContext, Error, Outcome, Principal, Result, Stop, context::Dialogue, digest::Digest,
    outcome::InputRequired, record::Ticket,
};
use serde_json::{Map, Value};

use super::{Ready, abilities, query::Query, target::Target};
use crate::{
    Engine,
    caller::EngineCaller,
    catalog::schema,
    ring::Ring,
    tasks::{Outliving, Seed},
};

pub(super) async fn attempt(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    ready: Ready,
) -> Result<Outcome> {
    let Ready {
        call,
        principal,
        target,
        arguments,
        dialogue,
        idempotency_key,
    } = ready;
    // Taken before the tool consumes them: a later round must come with the same arguments.
    let digest = target.asks().then(|| Digest::of_object(&arguments));
    let is_keyed = idempotency_key.is_some();
    if target.departs() {
        // Boxed, since it is rare.
        let departing = Box::pin(ring.depart(idempotency_key, &arguments));
        if let Some(answered) = departing.await? {
            return Ok(Outcome::Tool(answered));
        }
    }
    let ticket = match target.is_read_only() {
        true => Ticket::default(),
        false => ring.ticket(),
    };
    let ctx = context(engine, ring, call, principal, ticket, dialogue);
    let outliving = ring.outliving();
    let ended = match outliving {
        None => run(engine, &target, &ctx, arguments).await,
        Some(outliving) => {
            let seed = Seed::new(target.name(), &arguments);
            let work = run(engine, &target, &ctx, arguments);
            Box::pin(outliving.watch(engine, &ctx, seed, work)).await
        }
    };
    let valid_for = match outliving.is_some_and(Outliving::is_task) {
        true => engine.limits.get().task_kept,
        false => engine.limits.get().answer_timeout,
    };
    match ended {
        Ok(outcome) => {
            if is_keyed {
                ring.keep_answer(&outcome);
            }
            Ok(outcome)
        }
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Ask) => ask(engine, &ctx, &target, digest, valid_for),
    }
}

/// Asks a toolset what is not recorded.
pub(super) async fn query(
    engine: &Arc<Engine>,
    ring: &mut Ring<'_>,
    call: Call,
    principal: Arc<Principal>,
    query: Query,
) -> Result<Outcome> {
    let (ticket, dialogue) = (Ticket::default(), Dialogue::default());
    let ctx = context(engine, ring, call, principal, ticket, dialogue);
    query.answer(&ctx).await
}

fn context(
    engine: &Arc<Engine>,
    ring: &Ring<'_>,
    call: Call,
    principal: Arc<Principal>,
    ticket: Ticket,
    dialogue: Dialogue,
) -> CallContext {
    let heard = call
        .events
        .as_ref()
        .and_then(|events| events.deferral.clone());
    let deferral = ring.outliving().map(Outliving::deferral).or(heard);
    CallContext {
        caller: Arc::new(EngineCaller::new(engine, &principal, &call, ring.depth())),
        principal,
        profile: call.profile,
        clock: Arc::clone(&engine.clock),
        random: Arc::clone(&engine.random),
        cancel: call.cancel,
        correlation_id: call.correlation_id,
        trace: call.trace,
        ticket,
        events: call.events,
        abilities: call.abilities,
        bus: engine.bus.clone(),
        deferral: deferral.unwrap_or_default(),
        dialogue,
    }
}

async fn run(
    engine: &Engine,
    target: &Target,
    ctx: &CallContext,
    arguments: Map<String, Value>,
) -> Result<Outcome, Stop> {
    match target {
        Target::Tool(entry) => {
            let _place = match entry.is_heavy {
                true => Some(Box::pin(engine.heavy.enter()).await?),
                false => None,
            };
            let output = entry.tool.call(ctx, arguments).await?;
            if let Some(validator) = &entry.output {
                schema::check_output(target.name(), validator, &output)?;
            }
            Ok(Outcome::Tool(output))
        }
        Target::Prompt(entry) => entry.prompt.get(ctx, arguments).await.map(Outcome::Prompt),
        Target::Resource(source, uri) => {
            let reading = source.resources.read(ctx, uri).await?;
            match reading.contents.is_empty() {
                // What is not there is an error, never nothing (MCP 2026-07-28 resources, errors).
                true => Err(genkan_core::resource::unknown(uri).into()),
                false => Ok(Outcome::Reading(reading)),
            }
        }
    }
}

/// Ends the attempt with what it asks, for the client to answer in another.
fn ask(
    engine: &Engine,
    ctx: &CallContext,
    target: &Target,
    arguments: Option<Digest>,
    valid_for: Duration,
) -> Result<Outcome> {
    let asked = ctx.dialogue.take_asked();
    abilities::check(&ctx.abilities, &asked.requests)?;
    let arguments = arguments.ok_or_else(|| {
        Error::internal(format!(
            "`{}` asks without saying so in its definition",
            target.name()
        ))
    })?;
    let request_state = engine
        .request_states
        .seal(ctx, target, arguments, &asked, valid_for)?;
    Ok(Outcome::InputRequired(InputRequired {
        requests: asked.requests,
        request_state,
    }))
}
