//! Who stands at the door with one message.

use std::sync::Arc;

use genkan_core::{
    Call, Operation, Principal, Result,
    call::{Abilities, Credential, Door, EventSink},
    id::{CorrelationId, ProfileName},
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
            source,
        } = self;
        Call {
            operation,
            credential,
            door,
            profile,
            correlation_id,
            source,
            abilities,
            events,
            cancel,
        }
    }
}
