//! `requestState`: what a call must remember while its client answers a question.
//!
//! The house keeps nothing of a suspended call. Everything travels through the client, sealed and
//! bound to tenant, principal, definition and arguments, with an expiry and a nonce that is
//! spent on first use (MCP 2026-07-28, multi round-trip requests). Rounds may land on different
//! instances, with a restart between.

use std::{collections::HashMap, time::Duration};

use genkan_core::{
    CallContext, Code, Error, Principal, Random, Result, Timestamp,
    context::Asked,
    digest::Digest,
    id::{PrincipalId, TenantId},
};
use genkan_identity::Sealer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Engine, stages::Target};

/// The longest sealed text that is opened or handed out, in bytes.
const LONGEST: usize = 256 * 1024;

/// Seals and opens the states of this house.
pub(crate) struct RequestStates(Sealer);

/// What an opened state brings back.
pub(crate) struct Opened {
    /// The keys that were asked for in the last round.
    pub(crate) asked: Vec<String>,
    /// The answers of earlier rounds.
    pub(crate) answers: HashMap<String, Value>,
    /// What the earlier attempt kept.
    pub(crate) state: Value,
}

#[derive(Serialize, Deserialize)]
struct State {
    tenant: TenantId,
    principal: PrincipalId,
    target: String,
    arguments: String,
    expires: Timestamp,
    nonce: String,
    asked: Vec<String>,
    answers: HashMap<String, Value>,
    kept: Value,
}

impl RequestStates {
    pub(crate) fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// Seals what the attempt asked and kept.
    pub(crate) fn seal(
        &self,
        ctx: &CallContext,
        target: &Target,
        arguments: Digest,
        asked: &Asked,
        valid_for: Duration,
    ) -> Result<String> {
        let target = target.digest();
        let state = State {
            tenant: ctx.tenant().clone(),
            principal: ctx.principal.id.clone(),
            target: target.to_hex(),
            arguments: arguments.to_hex(),
            expires: ctx.clock.now().plus(valid_for),
            nonce: nonce(&*ctx.random),
            asked: asked.requests.keys().cloned().collect(),
            answers: ctx.dialogue.answers.clone(),
            kept: asked
                .kept
                .clone()
                .unwrap_or_else(|| ctx.dialogue.state.clone()),
        };
        let plain = serde_json::to_vec(&state).map_err(Error::internal)?;
        let sealed = self.0.seal(&plain, target.as_bytes(), &*ctx.random);
        if sealed.len() > LONGEST {
            return Err(Error::internal(
                "a call kept more state than can travel through a client",
            ));
        }
        Ok(sealed)
    }

    /// Opens a state that a client sent back, checks to whom and what it belongs, and spends it.
    pub(crate) async fn open(
        &self,
        engine: &Engine,
        sealed: &str,
        principal: &Principal,
        target: &Target,
        arguments: &Map<String, Value>,
    ) -> Result<Opened> {
        let target = target.digest();
        let state = self.unseal(sealed, target)?;
        if state.tenant != principal.tenant || state.principal != principal.id {
            return Err(Error::new(
                Code::StateInvalid,
                "the requestState was given to another caller",
            ));
        }
        if state.target != target.to_hex()
            || state.arguments != Digest::of_object(arguments).to_hex()
        {
            return Err(Error::new(
                Code::StateInvalid,
                "the requestState belongs to a call with other arguments",
            ));
        }
        if state.expires <= engine.clock.now() {
            return Err(Error::new(
                Code::StateExpired,
                "the question was answered too late",
            ));
        }
        let (tenant, nonce, expires) = (state.tenant, state.nonce, state.expires);
        let is_first_use = engine
            .store
            .system_write(move |tx| {
                let (tenant, nonce) = (tenant.clone(), nonce.clone());
                Box::pin(async move { tx.nonce_use(&tenant, &nonce, expires).await })
            })
            .await?;
        if !is_first_use {
            return Err(Error::new(
                Code::StateReused,
                "the requestState was used before",
            ));
        }
        Ok(Opened {
            asked: state.asked,
            answers: state.answers,
            state: state.kept,
        })
    }

    fn unseal(&self, sealed: &str, target: Digest) -> Result<State> {
        let plain = (sealed.len() <= LONGEST)
            .then(|| self.0.open(sealed, target.as_bytes()))
            .flatten();
        plain
            .and_then(|plain| serde_json::from_slice(&plain).ok())
            .ok_or_else(|| {
                Error::new(
                    Code::StateInvalid,
                    "the requestState was changed, or was never given for this",
                )
            })
    }
}

fn nonce(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Digest::from_bytes(bytes).to_hex()
}
