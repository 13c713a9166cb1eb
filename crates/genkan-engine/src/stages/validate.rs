//! Validate: the arguments fit the tool's input schema (JSON Schema 2020-12), or what the prompt
//! says of its own.

use genkan_core::{Code, Error, Result};
use serde_json::{Map, Value};

use super::target::Target;
use crate::catalog::{Entry, PromptEntry};

/// How many faults are told at once.
const TOLD: usize = 5;

pub(super) fn arguments(
    target: &Target,
    arguments: Map<String, Value>,
) -> Result<Map<String, Value>> {
    match target {
        Target::Tool(entry) => of_tool(entry, arguments),
        Target::Prompt(entry) => of_prompt(entry, arguments),
        Target::Resource(..) => Ok(arguments),
    }
}

/// Refuses an idempotency key where it would not be kept to. A call that changes nothing may have one.
pub(super) fn takes_key(target: &Target) -> Result<()> {
    if target.departs() || target.is_read_only() {
        return Ok(());
    }
    let message = format!("`{}` takes no idempotency key", target.name());
    Err(Error::new(Code::InvalidArguments, message).hint(
        "Tools that change something outside take one (`openWorldHint`, not `readOnlyHint`).",
    ))
}

fn of_tool(entry: &Entry, arguments: Map<String, Value>) -> Result<Map<String, Value>> {
    let value = Value::Object(arguments);
    if !entry.validator.is_valid(&value) {
        return Err(faults(entry, &value));
    }
    match value {
        Value::Object(arguments) => Ok(arguments),
        _ => unreachable!("BUG: the value was made from an object"),
    }
}

/// All arguments are strings; those that are required are there (MCP 2026-07-28 prompts, errors).
fn of_prompt(entry: &PromptEntry, arguments: Map<String, Value>) -> Result<Map<String, Value>> {
    let fault = |what: String| {
        let message = format!("arguments of `{}`: {what}", entry.definition.name);
        Error::new(Code::InvalidParams, message)
    };
    let required = entry.definition.arguments.iter().filter(|one| one.required);
    for argument in required {
        if !arguments.contains_key(&argument.name) {
            return Err(fault(format!("`{}` is missing", argument.name)));
        }
    }
    match arguments.iter().find(|(_, value)| !value.is_string()) {
        None => Ok(arguments),
        Some((name, _)) => {
            let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
            Err(fault(format!("`{shown}` must be a string")))
        }
    }
}

/// Says what is wrong and where. Values stay out of the message: they may be long or private.
fn faults(entry: &Entry, value: &Value) -> Error {
    let told: Vec<String> = entry
        .validator
        .iter_errors(value)
        .take(TOLD)
        .map(|fault| match fault.instance_path().as_str() {
            "" => fault.masked().to_string(),
            path => format!("`{path}`: {}", fault.masked()),
        })
        .collect();
    let message = format!(
        "arguments of `{}`: {}",
        entry.definition.name,
        told.join("; ")
    );
    Error::new(Code::InvalidArguments, message)
}
