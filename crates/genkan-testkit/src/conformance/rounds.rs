//! Multi round-trip requests (MCP 2026-07-28): questions that come back with the next call.

use genkan_core::{CallContext, Stop, ToolOutput, ToolResult};
use serde_json::{Map, Value, json};

use super::{
    asking::form,
    fixture::{Fixture, text},
};

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    let named = |name, description, run| Fixture::new(name, description, run).asks();
    vec![
        named(
            "test_input_required_result_elicitation",
            "Asks for a name.",
            |ctx, _| {
                Box::pin(async move {
                    let content = word(ctx, "user_name", "What is your name?", "name")?;
                    Ok(ToolOutput::text(format!(
                        "Hello, {}!",
                        text(&content, "name")
                    )))
                })
            },
        ),
        named(
            "test_input_required_result_request_state",
            "Keeps state.",
            |ctx, _| Box::pin(async move { confirm(ctx) }),
        ),
        named(
            "test_input_required_result_tampered_state",
            "Keeps state that is sealed.",
            |ctx, _| Box::pin(async move { confirm(ctx) }),
        ),
        named(
            "test_input_required_result_multi_round",
            "Asks twice.",
            |ctx, _| {
                Box::pin(async move {
                    let name = word(ctx, "step1", "Step 1: What is your name?", "name")?;
                    let color = word(
                        ctx,
                        "step2",
                        "Step 2: What is your favorite color?",
                        "color",
                    )?;
                    let (name, color) = (text(&name, "name"), text(&color, "color"));
                    Ok(ToolOutput::text(format!("{name} likes {color}.")))
                })
            },
        ),
    ]
}

/// Asks for one word.
pub(super) fn word(
    ctx: &CallContext,
    key: &str,
    message: &str,
    name: &str,
) -> Result<Map<String, Value>, Stop> {
    let schema = json!({
        "type": "object",
        "properties": { name: { "type": "string" } },
        "required": [name],
    });
    Ok(form(ctx, key, message, schema)?.accepted()?)
}

fn confirm(ctx: &CallContext) -> ToolResult {
    let kept: Option<String> = ctx.state()?;
    ctx.keep(&"kept")?;
    let schema = json!({
        "type": "object",
        "properties": { "ok": { "type": "boolean" } },
        "required": ["ok"],
    });
    form(ctx, "confirm", "Please confirm", schema)?.accepted()?;
    Ok(ToolOutput::text(match kept.as_deref() {
        Some("kept") => "state-ok",
        _ => "the state is lost",
    }))
}
