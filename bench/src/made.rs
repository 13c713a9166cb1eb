//! Toolset `made`: any number of tools with a name, a schema and no work, so that a catalog can
//! have any size.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Permission, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset, id::ToolName,
    permission::Action, toolset::Effect,
};
use serde_json::{Map, Value, json};

/// The toolset.
pub struct MadeToolset {
    /// How many tools it has.
    pub tools: usize,
}

struct MadeTool(usize);

impl Toolset for MadeToolset {
    fn name(&self) -> &str {
        "made"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        (0..self.tools)
            .map(|number| Arc::new(MadeTool(number)) as Arc<dyn Tool>)
            .collect()
    }
}

#[async_trait]
impl Tool for MadeTool {
    fn definition(&self) -> ToolDefinition {
        let name = format!("made_tool_{:05}", self.0);
        ToolDefinition {
            name: ToolName::parse(&name).expect("BUG: the name is of letters and digits"),
            title: format!("Made-up tool {}", self.0),
            description: "Does nothing; it is here so that a catalog can be long. Its description \
                          is about as long as that of a tool which somebody uses."
                .to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "Any text"},
                    "count": {"type": "integer", "minimum": 0, "maximum": 100},
                    "kind": {"type": "string", "enum": ["first", "second", "third"]},
                },
                "required": ["text"],
                "additionalProperties": false,
            }),
            output_schema: None,
            effect: Effect::ReadOnly,
            idempotent: true,
            asks: false,
            permission: Permission::new("made", Action::Read),
            deadline: None,
        }
    }

    async fn call(&self, _: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::structured(&arguments)?)
    }
}
