//! Who stands at the door with one message.

use std::sync::Arc;

use genkan_core::{
    Call, Code, Error, Operation, Principal, Result,
    call::{Abilities, Credential, Door, EventSink},
    id::{CorrelationId, ProfileName},
    trace::Trace,
};
use tokio_util::sync::CancellationToken;

use crate::house::House;

/// What the transport knows of a message besides its content.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) credential: Credential,
    pub(crate) door: Door,
    pub(crate) profile: ProfileName,
    pub(crate) correlation_id: CorrelationId,
    pub(crate) trace: Option<Arc<Trace>>,
    pub(crate) source: Arc<str>,
}

impl Visitor {
    /// Who the visitor is.
    pub(crate) async fn principal(&self, house: &House) -> Result<Arc<Principal>> {
        house
            .engine
            .authenticate(&self.credential, &self.source, self.door)
            .await
    }

    /// Refuses who may not come in any more, or has become somebody else: a long stream outlives
    /// the moment in which its caller was known.
    pub(crate) async fn still(&self, house: &House, principal: &Principal) -> Result<()> {
        match *self.principal(house).await? == *principal {
            true => Ok(()),
            false => Err(Error::new(
                Code::Forbidden,
                "what the caller may do has changed; begin again",
            )),
        }
    }

    /// Hands the operation on in the visitor's name.
    pub(crate) fn into_call(
        self,
        operation: Operation,
        abilities: Abilities,
        events: Option<EventSink>,
        cancel: CancellationToken,
    ) -> Call {
        let Self {
            credential,
            door,
            profile,
            correlation_id,
            trace,
            source,
        } = self;
        Call {
            operation,
            credential,
            door,
            profile,
            correlation_id,
            trace,
            source,
            abilities,
            events,
            cancel,
        }
    }
}
