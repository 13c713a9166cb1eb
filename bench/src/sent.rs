//! Toolset `sent`: the echo of the tests as a tool that changes something outside, so that what it
//! costs to keep a call before it leaves the house can be measured.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Tool, ToolDefinition, ToolResult, Toolset, id::ToolName, toolset::Effect,
};
use serde_json::{Map, Value};

use crate::made::echo;

/// The name of its tool.
pub const TOOL: &str = "sent_echo";

/// The toolset.
pub struct SentToolset;

struct SentTool(Arc<dyn Tool>);

impl Toolset for SentToolset {
    fn name(&self) -> &str {
        "sent"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![Arc::new(SentTool(echo()))]
    }
}

#[async_trait]
impl Tool for SentTool {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            name: ToolName::parse(TOOL).expect("BUG: the name is of letters"),
            effect: Effect::Adds,
            idempotent: false,
            ..self.0.definition()
        }
    }

    fn is_typed(&self) -> bool {
        self.0.is_typed()
    }

    fn reaches_out(&self) -> bool {
        true
    }

    async fn call(&self, context: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        self.0.call(context, arguments).await
    }
}
