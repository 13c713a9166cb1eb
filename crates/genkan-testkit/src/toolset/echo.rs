//! `test_echo`: answers with what it was given.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub(super) struct Echo;

/// A text, there and back.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// The text.
    text: String,
}

#[async_trait]
impl TypedTool for Echo {
    const ABOUT: About = About {
        name: "test_echo",
        title: "Echo",
        description: "Returns the given text.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    type Arguments = Text;
    type Answer = Text;

    async fn run(&self, _ctx: &CallContext, arguments: Text) -> Result<Text, Stop> {
        Ok(arguments)
    }
}
