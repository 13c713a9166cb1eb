//! Toolset `pause`: calls that go on when the test says so.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset, toolset::Effect,
};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::tools::definition;

/// The toolset; each permit lets one call take one step.
pub(crate) struct Pauses(pub(crate) Arc<Semaphore>);

impl Pauses {
    /// The toolset, and what gives permits.
    pub(crate) fn held() -> (Arc<Semaphore>, Arc<dyn Toolset>) {
        let go = Arc::new(Semaphore::new(0));
        (Arc::clone(&go), Arc::new(Self(go)))
    }
}

impl Toolset for Pauses {
    fn name(&self) -> &str {
        "pause"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let go = &self.0;
        vec![
            Arc::new(Steps(Arc::clone(go))),
            Arc::new(Defers(Arc::clone(go))),
        ]
    }
}

async fn step(go: &Semaphore) {
    if let Ok(permit) = go.acquire().await {
        permit.forget();
    }
}

/// Tells of a first step, and of two more when it may take them.
struct Steps(Arc<Semaphore>);

#[async_trait]
impl Tool for Steps {
    fn definition(&self) -> ToolDefinition {
        definition("pause_steps", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        ctx.progress(1.0, None, "");
        for done in [2.0, 3.0] {
            step(&self.0).await;
            ctx.progress(done, None, "");
        }
        Ok(ToolOutput::text("three steps"))
    }
}

/// Says that the rest takes long.
struct Defers(Arc<Semaphore>);

#[async_trait]
impl Tool for Defers {
    fn definition(&self) -> ToolDefinition {
        definition("pause_defers", json!({}), Effect::ReadOnly)
    }

    async fn call(&self, ctx: &CallContext, _: Map<String, Value>) -> ToolResult {
        ctx.defer();
        step(&self.0).await;
        Ok(ToolOutput::text("at last"))
    }
}
