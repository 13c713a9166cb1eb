//! What Genkan offers: one folder per toolset, one file per tool, one line per toolset in
//! [`builtin`].
//!
//! A toolset is given what it needs when it is built; it never reads settings, serves HTTP or knows
//! SQL.

pub mod admin;
pub mod knowledge;
pub mod typed;
pub mod zulip;

use std::sync::Arc;

use genkan_core::Toolset;
use genkan_identity::ApiKeys;
use genkan_store::Store;

/// What the toolsets are built from.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Where API keys are made and ended.
    pub api_keys: ApiKeys,
    /// The team's chat, if it is set up: one organisation or several.
    pub zulip: Option<zulip::Realms>,
    /// How the toolset `knowledge` is set.
    pub knowledge: knowledge::Options,
    /// Renders the metrics of this process, if it measures any.
    pub metrics: Option<admin::RenderMetrics>,
    /// Judges settings before they are stored, in a process that has some.
    pub judge: Option<admin::JudgeSetting>,
    /// Toolsets from elsewhere, such as those of tests.
    pub others: Vec<Arc<dyn Toolset>>,
}

/// Every toolset of the house, ready to be given to the engine.
pub fn builtin(parts: Parts) -> Vec<Arc<dyn Toolset>> {
    let mut toolsets: Vec<Arc<dyn Toolset>> = vec![Arc::new(knowledge::KnowledgeToolset::new(
        parts.store.clone(),
        parts.knowledge,
    ))];
    if let Some(realms) = parts.zulip {
        toolsets.push(Arc::new(zulip::ZulipToolset::new(realms)));
    }
    toolsets.extend(parts.others);
    toolsets.push(Arc::new(admin::AdminToolset::new(
        parts.store,
        parts.api_keys,
        parts.metrics,
        parts.judge,
        &toolsets,
    )));
    toolsets
}
