//! What every door shares.

use std::{ops::Deref, sync::Arc, time::Instant};

use genkan_core::{Clock, Random, id::ProfileName, lifecycle::Lifecycle};
use genkan_engine::Engine;
use serde_json::json;

use crate::{LiveSettings, Parts, mcp::places::Places, settings::InForce};

/// The engine, and what a door needs to speak for it.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    settings: LiveSettings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) version: &'static str,
    /// The `Implementation` object of MCP, serialised once.
    pub(crate) server_info: String,
    /// The streams of changes that are open.
    pub(crate) places: Arc<Places>,
    /// The profile of `/mcp`.
    pub(crate) default_profile: ProfileName,
    /// When this house opened its doors.
    pub(crate) opened: Instant,
}

impl House {
    pub(crate) fn new(parts: &Parts) -> Arc<Self> {
        let server_info = json!({"name": "genkan", "title": "Genkan", "version": parts.version});
        Arc::new(Self {
            engine: Arc::clone(&parts.engine),
            settings: parts.settings.clone(),
            clock: Arc::clone(&parts.clock),
            random: Arc::clone(&parts.random),
            lifecycle: parts.lifecycle.clone(),
            version: parts.version,
            server_info: server_info.to_string(),
            places: Places::new(),
            default_profile: ProfileName::default_profile(),
            opened: parts.clock.monotonic(),
        })
    }

    /// The settings that hold now.
    pub(crate) fn settings(&self) -> impl Deref<Target = Arc<InForce>> + use<> {
        self.settings.get()
    }

    /// Whether anything that the profile shows writes to the client's log.
    pub(crate) fn logs(&self, profile: &ProfileName) -> bool {
        let profile = self.engine.profile(profile);
        profile.is_some_and(|profile| profile.offers.logs)
    }
}
