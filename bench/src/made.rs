//! Toolset `made`: any number of tools with a name, a schema and no work, so that a catalog can
//! have any size.

use std::sync::Arc;

use async_trait::async_trait;
use genkan_core::{
    CallContext, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset, id::ToolName,
};
use genkan_testkit::TestToolset;
use serde_json::{Map, Value, json};

/// The toolset.
pub struct MadeToolset {
    /// How many tools it has.
    pub tools: usize,
}

/// A tool that is the echo of the tests under another name and with a longer schema.
struct MadeTool {
    number: usize,
    echo: Arc<dyn Tool>,
}

impl Toolset for MadeToolset {
    fn name(&self) -> &str {
        "made"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let echo = echo();
        let made = |number| MadeTool {
            number,
            echo: Arc::clone(&echo),
        };
        (0..self.tools)
            .map(|number| Arc::new(made(number)) as Arc<dyn Tool>)
            .collect()
    }
}

/// The echo of the tests.
pub fn echo() -> Arc<dyn Tool> {
    let mut tools = TestToolset.tools().into_iter();
    let echo = tools.find(|tool| tool.definition().name.as_str() == "test_echo");
    echo.expect("BUG: the tests have an echo")
}

#[async_trait]
impl Tool for MadeTool {
    fn definition(&self) -> ToolDefinition {
        let name = format!("made_tool_{:05}", self.number);
        ToolDefinition {
            name: ToolName::parse(&name).expect("BUG: the name is of letters and digits"),
            title: format!("Made-up tool {}", self.number),
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
            ..self.echo.definition()
        }
    }

    async fn call(&self, _: &CallContext, arguments: Map<String, Value>) -> ToolResult {
        Ok(ToolOutput::structured(&arguments)?)
    }
}
