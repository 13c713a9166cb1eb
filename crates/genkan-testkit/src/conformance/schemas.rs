//! Input schemas that must come through unchanged, and arguments that are mirrored in headers.

use genkan_core::ToolOutput;
use serde_json::{Value, json};

use super::fixture::{Fixture, text};

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    vec![
        Fixture::new(
            "json_schema_2020_12_tool",
            "Tool with JSON Schema 2020-12 features",
            |_, _| Box::pin(async { Ok(ToolOutput::text("ok")) }),
        )
        .takes(rich()),
        Fixture::new(
            "test_custom_header",
            "Takes an argument that a header mirrors.",
            |_, arguments| {
                Box::pin(async move { Ok(ToolOutput::text(text(&arguments, "value").to_owned())) })
            },
        )
        .takes(json!({
            "type": "object",
            "properties": { "value": { "type": "string", "x-mcp-header": "Value" } },
        })),
    ]
}

/// Anchors, references, compositions and conditions (JSON Schema 2020-12).
fn rich() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": {
            "properties": { "contactMethod": { "const": "phone" } },
            "required": ["contactMethod"],
        },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}
