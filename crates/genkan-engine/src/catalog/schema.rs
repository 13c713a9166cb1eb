//! The JSON Schemas of a tool (2020-12), compiled once.
//!
//! They are bounded in size and depth, and nothing in them is fetched: a reference that leads out of
//! the schema is a fault at start.

use genkan_core::{Error, Result, ToolOutput};
use jsonschema::Validator;
use serde_json::Value;

/// The longest schema, in bytes of JSON.
const BYTES: usize = 256 * 1024;
/// How deeply a schema may be nested.
const DEPTH: usize = 64;

/// Compiles a schema of the named tool.
pub(crate) fn compile(tool: &str, what: &str, schema: &Value) -> Result<Validator> {
    let fault = |why: String| Error::internal(format!("{what} schema of `{tool}`: {why}"));
    if depth(schema) > DEPTH {
        return Err(fault(format!("it is nested more than {DEPTH} deep")));
    }
    if schema.to_string().len() > BYTES {
        return Err(fault(format!("it has more than {BYTES} bytes")));
    }
    jsonschema::draft202012::new(schema).map_err(|error| fault(error.to_string()))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Holds a tool's structured answer against its output schema. What does not fit is a fault of the
/// tool, and no client sees it (MCP 2026-07-28 tools, output schema).
pub(crate) fn check_output(tool: &str, validator: &Validator, output: &ToolOutput) -> Result<()> {
    if output.is_error {
        return Ok(());
    }
    let fault = |why: String| Error::internal(format!("the answer of `{tool}` {why}"));
    let Some(raw) = &output.structured else {
        return Err(fault("has no structured content".into()));
    };
    let value: Value = serde_json::from_str(raw.get()).map_err(Error::internal)?;
    validator.validate(&value).map_err(|wrong| {
        let path = wrong.instance_path().as_str().to_owned();
        fault(format!(
            "does not fit its schema at `{path}`: {}",
            wrong.masked()
        ))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_bounded_and_fetch_nothing() {
        let mut deep = json!({"type": "object"});
        for _ in 0..DEPTH {
            deep = json!({"not": deep});
        }
        let large = json!({"description": "x".repeat(BYTES)});
        let far = json!({"$ref": "https://schemas.example/a.json"});
        for schema in [deep, large, far] {
            assert!(compile("t", "input", &schema).is_err());
        }
        assert!(
            compile(
                "t",
                "input",
                &json!({"$ref": "#/$defs/a", "$defs": {"a": {}}})
            )
            .is_ok()
        );
    }
}
