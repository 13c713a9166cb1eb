//! What every door shares.

use std::{sync::Arc, time::Instant};

use genkan_core::{Clock, Random, id::ProfileName, lifecycle::Lifecycle};
use genkan_engine::Engine;
use serde_json::json;

use crate::{Parts, Settings};

/// The engine, and what a door needs to speak for it.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Settings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) version: &'static str,
    /// The `Implementation` object of MCP, serialised once.
    pub(crate) server_info: String,
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
            default_profile: ProfileName::default_profile(),
            opened: parts.clock.monotonic(),
        })
    }
}
