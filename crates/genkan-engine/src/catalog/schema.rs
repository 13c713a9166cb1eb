//! The JSON Schemas of a tool (2020-12), compiled once.
//!
//! They are bounded in size, depth and the work they can make, and nothing in them is fetched: a
//! reference that leads out of the schema is a fault at start. What is held against them is bounded
//! as well: arguments by `limits.body_bytes` and `limits.json_depth`, where a message is read.
//! So is the time: the patterns are matched in linear time, and no place of a value is looked at
//! more often than the schema's [`weight`].

#[cfg(test)]
mod tests;
mod weight;

use genkan_core::{Code, Error, Result, ToolOutput};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

/// The longest schema, in bytes of JSON.
const BYTES: usize = 256 * 1024;
/// How deeply a schema may be nested.
const DEPTH: usize = 64;
/// The most bytes that one pattern may take when compiled, and so what one byte of text may cost.
const PATTERN: usize = 1024 * 1024;

/// Compiles a schema of the named tool.
pub(crate) fn compile(tool: &str, what: &str, schema: &Value) -> Result<Validator> {
    checked(schema).map_err(|why| {
        Error::new(Code::Internal, format!("{what} schema of `{tool}`: {why}"))
            .hint("Mend the definition of the tool.")
    })
}

fn checked(schema: &Value) -> Result<Validator, String> {
    if is_deeper(schema, DEPTH) {
        return Err(format!("it is nested more than {DEPTH} deep"));
    }
    if schema.to_string().len() > BYTES {
        return Err(format!("it has more than {BYTES} bytes"));
    }
    weight::check_dialect(schema)?;
    weight::check(schema)?;
    build(schema).map_err(|error| error.to_string())
}

/// Compiles a schema of the one dialect. Nothing is fetched, and no pattern takes more than linear
/// time; JSON Schema advises against those that need more (2020-12 core, section 6.4).
pub(crate) fn build(schema: &Value) -> Result<Validator, ValidationError<'static>> {
    jsonschema::draft202012::options()
        .offline()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN))
        .build(schema)
}

/// Whether values stand in more than `most` others.
fn is_deeper(value: &Value, most: usize) -> bool {
    let mut open = vec![(value, 0)];
    while let Some((value, depth)) = open.pop() {
        if depth > most {
            return true;
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => open.extend(members.values().map(|one| (one, depth + 1))),
            _ => {}
        }
    }
    false
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
