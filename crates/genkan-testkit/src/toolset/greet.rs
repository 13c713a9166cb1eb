//! `test_greet`: greets somebody. The example of CONTRIBUTING.md.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub(super) struct Greet;

/// Whom to greet.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The name of the person.
    #[schemars(length(min = 1, max = 64))]
    name: String,
}

/// The greeting.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// What to say.
    greeting: String,
}

#[async_trait]
impl TypedTool for Greet {
    const ABOUT: About = About {
        name: "test_greet",
        title: "Greet somebody",
        description: "Returns a greeting for a person.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, _ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        Ok(Answer {
            greeting: format!("Welcome, {}.", arguments.name),
        })
    }
}
