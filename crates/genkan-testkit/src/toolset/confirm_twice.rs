//! `test_confirm_twice`: asks two questions, one after the other, before it answers.

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, context::Question, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The tool.
pub(super) struct ConfirmTwice;

/// What is to be confirmed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// Any word.
    item: String,
}

/// What was answered.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    item: String,
    color: String,
    size: i64,
    /// How often the tool was entered, as its own state says.
    attempts: u32,
}

fn question(name: &str, schema: Value) -> Question {
    Question::Form {
        message: format!("Which {name}?"),
        schema: json!({ "type": "object", "properties": { name: schema }, "required": [name] }),
    }
}

#[async_trait]
impl TypedTool for ConfirmTwice {
    const ABOUT: About = About {
        name: "test_confirm_twice",
        title: "Ask twice",
        description: "Asks for a color, then for a size, then answers with both.",
        effect: Effect::Adds,
        idempotent: false,
        asks: true,
        permission: ("test", Action::Write),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        let attempts = ctx.state::<u32>()?.unwrap_or(0) + 1;
        ctx.keep(&attempts)?;
        let color = ctx
            .ask("color", question("color", json!({ "type": "string" })))?
            .accepted()?;
        let size = ctx
            .ask("size", question("size", json!({ "type": "integer" })))?
            .accepted()?;
        Ok(Answer {
            item: arguments.item,
            color: color["color"].as_str().unwrap_or_default().to_owned(),
            size: size["size"].as_i64().unwrap_or_default(),
            attempts,
        })
    }
}
