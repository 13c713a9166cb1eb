//! `test_relay`: calls another tool as its own caller.

use async_trait::async_trait;
use genkan_core::{CallContext, Error, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The tool.
pub(super) struct Relay;

/// What to call.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The tool's name.
    tool: String,
    /// Its arguments.
    arguments: Map<String, Value>,
}

/// What it answered.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Its structured answer, or null.
    answer: Value,
}

#[async_trait]
impl TypedTool for Relay {
    const ABOUT: About = About {
        name: "test_relay",
        title: "Call another tool",
        description: "Calls the given tool and returns its answer.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let output = ctx
            .caller
            .call_tool(&arguments.tool, arguments.arguments)
            .await?;
        let answer = match &output.structured {
            Some(raw) => serde_json::from_str(raw.get()).map_err(Error::internal)?,
            None => Value::Null,
        };
        Ok(Answer { answer })
    }
}
