//! What a call acts on, once it is found, and what of it the stages need to know.

use std::{sync::Arc, time::Duration};

use genkan_core::{Permission, digest::Digest, task::TaskSupport};

use crate::{
    catalog::{Entry, PromptEntry, Source},
    measure::Meters,
};

/// What a recorded call acts on. It exists for the caller.
#[derive(Clone)]
pub(crate) enum Target {
    /// A tool that is called.
    Tool(Arc<Entry>),
    /// A prompt that is written.
    Prompt(Arc<PromptEntry>),
    /// A resource that is read: whose it would be, and its URI.
    Resource(Arc<Source>, Arc<str>),
}

impl Target {
    /// What a caller needs.
    pub(crate) fn permission(&self) -> &Permission {
        match self {
            Self::Tool(entry) => &entry.definition.permission,
            Self::Prompt(entry) => &entry.definition.permission,
            Self::Resource(source, _) => &source.permission,
        }
    }

    /// Over the definition: what a `requestState` is bound to.
    pub(crate) fn digest(&self) -> Digest {
        match self {
            Self::Tool(entry) => entry.digest,
            Self::Prompt(entry) => entry.digest,
            Self::Resource(source, uri) => source.digest(uri),
        }
    }

    /// Whether it may ask its caller something.
    pub(crate) fn asks(&self) -> bool {
        match self {
            Self::Tool(entry) => entry.definition.asks,
            Self::Prompt(entry) => entry.definition.asks,
            Self::Resource(..) => true,
        }
    }

    /// Whether only clients that know tasks may call it.
    pub(crate) fn needs_task(&self) -> bool {
        matches!(self, Self::Tool(entry) if entry.definition.task == TaskSupport::Required)
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read_only(&self) -> bool {
        match self {
            Self::Tool(entry) => entry.definition.effect.is_read_only(),
            Self::Prompt(_) | Self::Resource(..) => true,
        }
    }

    /// Whether it changes something outside the house, so that its end may stay unknown.
    pub(crate) fn departs(&self) -> bool {
        matches!(self, Self::Tool(entry) if entry.departs)
    }

    /// Its time limit, where the common one does not fit.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::Tool(entry) => entry.definition.deadline,
            Self::Prompt(_) | Self::Resource(..) => None,
        }
    }

    /// Where it is counted.
    pub(crate) fn meters(&self) -> &Meters {
        match self {
            Self::Tool(entry) => &entry.meters,
            Self::Prompt(entry) => &entry.meters,
            Self::Resource(source, _) => &source.meters,
        }
    }

    /// Arguments that no record keeps, beside those whose names say that they are secret.
    pub(crate) fn hides(&self) -> &'static [&'static str] {
        match self {
            Self::Tool(entry) => entry.hides,
            Self::Prompt(_) | Self::Resource(..) => &[],
        }
    }

    /// The name, for messages.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Tool(entry) => entry.definition.name.as_str(),
            Self::Prompt(entry) => entry.definition.name.as_str(),
            Self::Resource(_, uri) => uri,
        }
    }
}
