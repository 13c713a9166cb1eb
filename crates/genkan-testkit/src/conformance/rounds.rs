//! Multi round-trip requests (MCP 2026-07-28): questions that come back with the next call.

use genkan_core::{CallContext, Stop, ToolOutput, ToolResult, context::Question};
use serde_json::{Map, Value, json};

use super::{
    asking::{form, question, said, sampling},
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
        named(
            "test_input_required_result_sampling",
            "Asks a model.",
            |ctx, _| {
                Box::pin(async move {
                    let question = sampling("What is the capital of France?", 100);
                    let result = ctx.ask("capital_question", question)?.accepted()?;
                    Ok(ToolOutput::text(said(&result).to_owned()))
                })
            },
        ),
        named(
            "test_input_required_result_list_roots",
            "Asks for folders.",
            |ctx, _| {
                Box::pin(async move {
                    let result = ctx.ask("client_roots", Question::Roots)?.accepted()?;
                    Ok(ToolOutput::text(result["roots"].to_string()))
                })
            },
        ),
        named(
            "test_input_required_result_multiple_inputs",
            "Asks three things.",
            |ctx, _| Box::pin(async move { several(ctx) }),
        ),
        named(
            "test_input_required_result_capabilities",
            "Asks what can be asked.",
            |ctx, _| Box::pin(async move { able(ctx) }),
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

fn several(ctx: &CallContext) -> ToolResult {
    ctx.keep(&"kept")?;
    let schema = json!({
        "type": "object",
        "properties": { "name": { "type": "string" } },
        "required": ["name"],
    });
    let [name, greeting, roots] = ctx.ask_all([
        ("user_name", question("What is your name?", schema)),
        ("greeting", sampling("Generate a greeting", 50)),
        ("client_roots", Question::Roots),
    ])?;
    let (name, greeting) = (name.accepted()?, greeting.accepted()?);
    let (name, greeting) = (text(&name, "name"), said(&greeting));
    let roots = roots.accepted()?["roots"].to_string();
    Ok(ToolOutput::text(format!("{greeting} {name} {roots}")))
}

/// Asks nothing that the client did not declare.
fn able(ctx: &CallContext) -> ToolResult {
    if ctx.abilities.sampling {
        ctx.ask("model", sampling("Say something.", 10))?
            .accepted()?;
    }
    if ctx.abilities.elicitation_form {
        word(ctx, "word", "Say something.", "word")?;
    }
    Ok(ToolOutput::text("Everything was answered."))
}
