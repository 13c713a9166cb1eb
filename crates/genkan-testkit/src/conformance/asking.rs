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

/// Asks for a form.
pub(super) fn form(
    ctx: &CallContext,
    key: &str,
    message: &str,
    schema: Value,
) -> Result<Answer, Stop> {
    let message = message.to_owned();
    ctx.ask(key, Question::Form { message, schema })
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
