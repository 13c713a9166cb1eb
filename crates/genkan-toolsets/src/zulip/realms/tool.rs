//! A tool of several organisations: the arguments say of which.

use async_trait::async_trait;
use genkan_core::{CallContext, Tool, ToolDefinition, ToolResult};
use serde_json::{Map, Value, json};

use super::{Choice, REALM};

/// The tool, as each organisation has it. It is the same but for whom it asks.
pub(super) struct InRealm(pub(super) Choice<dyn Tool>);

impl InRealm {
    fn first(&self) -> &dyn Tool {
        let (_, tool) = self.0.0.first().expect("BUG: a choice is made of one");
        &**tool
    }
}

#[async_trait]
impl Tool for InRealm {
    fn definition(&self) -> ToolDefinition {
        let mut definition = self.first().definition();
        // Not required by the schema, since our own words for its absence name the organisations.
        definition.input_schema["properties"][REALM] =
            json!({ "enum": self.0.names(), "description": "Which organisation; must be given" });
        definition
    }

    fn is_typed(&self) -> bool {
        self.first().is_typed()
    }

    fn is_heavy(&self) -> bool {
        self.first().is_heavy()
    }

    fn is_further(&self) -> bool {
        self.first().is_further()
    }

    fn reaches_out(&self) -> bool {
        self.first().reaches_out()
    }

    async fn call(&self, ctx: &CallContext, mut arguments: Map<String, Value>) -> ToolResult {
        let tool = self.0.take(&mut arguments)?;
        tool.call(ctx, arguments).await
    }
}
