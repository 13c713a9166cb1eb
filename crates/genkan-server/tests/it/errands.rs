//! Toolset `errand`: one tool whose call goes on as a task, and asks through it.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset, context::Question,
    task::TaskSupport, toolset::Effect,
};
use serde_json::{Map, Value, json};

use crate::tools::definition;

/// The toolset.
pub(crate) struct Errands;

struct Run;

impl Toolset for Errands {
    fn name(&self) -> &str {
        "errand"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        vec![Arc::new(Run)]
    }
}

#[async_trait]
impl Tool for Run {
    fn definition(&self) -> ToolDefinition {
        ToolDefinition {
            asks: true,
            task: TaskSupport::Required,
            ..definition("errand_run", json!({}), Effect::ReadOnly)
        }
    }

    async fn call(&self, ctx: &CallContext, _arguments: Map<String, Value>) -> ToolResult {
        ctx.defer();
        let question = Question::Form {
            message: "Where to?".to_owned(),
            schema: json!({
                "type": "object",
                "properties": { "place": { "type": "string" } },
                "required": ["place"],
            }),
        };
        let content = ctx.ask("place", question)?.accepted()?;
        let place = content["place"].as_str().unwrap_or_default();
        Ok(ToolOutput::text(format!("went to {place}")))
    }
}
