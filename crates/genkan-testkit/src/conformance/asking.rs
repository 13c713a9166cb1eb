//! Fixtures that ask their caller one thing, in every revision that knows how.

use genkan_core::{
    CallContext, Stop, ToolOutput, ToolResult,
    context::{Answer, Question},
};
use serde_json::{Map, Value, json};

use super::fixture::{Fixture, text};

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    vec![
        Fixture::new(
            "test_elicitation",
            "Asks for a name and an address.",
            |ctx, arguments| Box::pin(async move { user(ctx, &arguments) }),
        )
        .takes(json!({
            "type": "object",
            "properties": { "message": { "type": "string" } },
            "required": ["message"],
        }))
        .asks(),
        Fixture::new(
            "test_sampling",
            "Asks the client's model.",
            |ctx, arguments| {
                Box::pin(async move {
                    let asked = ctx.ask("model", sampling(text(&arguments, "prompt"), 100))?;
                    let text = format!("LLM response: {}", said(&asked.accepted()?));
                    Ok(ToolOutput::text(text))
                })
            },
        )
        .takes(json!({
            "type": "object",
            "properties": { "prompt": { "type": "string" } },
            "required": ["prompt"],
        }))
        .asks(),
        Fixture::new(
            "test_missing_capability",
            "Needs a client that can be asked for a completion.",
            |ctx, _| {
                Box::pin(async move {
                    ctx.ask("model", sampling("Are you there?", 10))?
                        .accepted()?;
                    Ok(ToolOutput::text("It can."))
                })
            },
        )
        .asks(),
        Fixture::new(
            "test_elicitation_sep1034_defaults",
            "Asks with defaults.",
            |ctx, _| Box::pin(async move { filled(ctx, "Please review the defaults", defaults()) }),
        )
        .asks(),
        Fixture::new(
            "test_elicitation_sep1330_enums",
            "Asks for choices.",
            |ctx, _| Box::pin(async move { filled(ctx, "Please choose", choices()) }),
        )
        .asks(),
        Fixture::new(
            "test_streaming_elicitation",
            "Asks over a stream.",
            |ctx, _| {
                let schema =
                    json!({ "type": "object", "properties": { "name": { "type": "string" } } });
                Box::pin(async move { filled(ctx, "What is your name?", schema) })
            },
        )
        .asks(),
    ]
}

/// A form.
pub(super) fn question(message: &str, schema: Value) -> Question {
    let message = message.to_owned();
    Question::Form { message, schema }
}

/// Asks for a form.
pub(super) fn form(
    ctx: &CallContext,
    key: &str,
    message: &str,
    schema: Value,
) -> Result<Answer, Stop> {
    ctx.ask(key, question(message, schema))
}

/// A completion by the client's model.
pub(super) fn sampling(text: &str, most: u32) -> Question {
    let message = json!({ "role": "user", "content": { "type": "text", "text": text } });
    let mut params = Map::new();
    params.insert("messages".into(), json!([message]));
    params.insert("maxTokens".into(), most.into());
    Question::Sampling(params)
}

/// What the client's model said.
pub(super) fn said(result: &Map<String, Value>) -> &str {
    result["content"]["text"].as_str().unwrap_or_default()
}

fn user(ctx: &CallContext, arguments: &Map<String, Value>) -> ToolResult {
    let schema = json!({
        "type": "object",
        "properties": {
            "username": { "type": "string", "description": "User's response" },
            "email": { "type": "string", "description": "User's email address" },
        },
        "required": ["username", "email"],
    });
    let answer = form(ctx, "user", text(arguments, "message"), schema)?;
    Ok(ToolOutput::text(format!(
        "User response: {}",
        shown(&answer)
    )))
}

fn filled(ctx: &CallContext, message: &str, schema: Value) -> ToolResult {
    let answer = form(ctx, "form", message, schema)?;
    Ok(ToolOutput::text(format!(
        "Elicitation completed: {}",
        shown(&answer)
    )))
}

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Accepted(content) => {
            format!("action=accept, content={}", Value::Object(content.clone()))
        }
        Answer::Declined => "action=decline".to_owned(),
        Answer::Cancelled => "action=cancel".to_owned(),
    }
}

/// A default for each primitive type (SEP-1034).
fn defaults() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "default": "John Doe" },
            "age": { "type": "integer", "default": 30 },
            "score": { "type": "number", "default": 95.5 },
            "status": {
                "type": "string",
                "enum": ["active", "inactive", "pending"],
                "default": "active",
            },
            "verified": { "type": "boolean", "default": true },
        },
    })
}

/// Each form of a choice (SEP-1330).
fn choices() -> Value {
    let plain = ["option1", "option2", "option3"];
    let titled = json!([
        { "const": "value1", "title": "First Option" },
        { "const": "value2", "title": "Second Option" },
        { "const": "value3", "title": "Third Option" },
    ]);
    json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": plain },
            "titledSingle": { "type": "string", "oneOf": titled },
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": { "type": "array", "items": { "type": "string", "enum": plain } },
            "titledMulti": { "type": "array", "items": { "anyOf": titled } },
        },
    })
}
