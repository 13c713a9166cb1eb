//! Validate: the arguments fit the tool's input schema (JSON Schema 2020-12).

use genkan_core::{Code, Error, Result};
use serde_json::{Map, Value};

use crate::catalog::Entry;

/// How many faults are told at once.
const TOLD: usize = 5;

pub(super) fn arguments(
    entry: &Entry,
    arguments: Map<String, Value>,
) -> Result<Map<String, Value>> {
    let value = Value::Object(arguments);
    if !entry.validator.is_valid(&value) {
        return Err(faults(entry, &value));
    }
    match value {
        Value::Object(arguments) => Ok(arguments),
        _ => unreachable!("BUG: the value was made from an object"),
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
