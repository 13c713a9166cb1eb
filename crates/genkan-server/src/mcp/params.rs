//! The parameters of each method, taken apart without copying them.

use std::collections::HashMap;

use genkan_core::{
    Code, Error, Operation, Result, Revision, call::ToolCall, task::TaskCall,
};
use serde_json::{Map, Value};

use super::tasks;

/// The operation that a method and its parameters ask for; `None` when there is no such method.
///
/// One row per method that ends in the engine. Members that nobody knows are ignored, as the
/// specification wants it.
pub(crate) fn operation(
    method: &str,
    params: Map<String, Value>,
    revision: Revision,
) -> Result<Option<Operation>> {
    match method {
        "tools/list" => list_tools(params, revision).map(Some),
        "tools/call" => call_tool(params, revision).map(Some),
        _ => task(method, params, revision),
    }
}

fn list_tools(mut params: Map<String, Value>, revision: Revision) -> Result<Operation> {
    let cursor = text(&mut params, "cursor")?;
    Ok(Operation::ListTools { cursor, revision })
}

fn call_tool(mut params: Map<String, Value>, revision: Revision) -> Result<Operation> {
    let name = text(&mut params, "name")?.ok_or_else(|| missing("name"))?;
    let arguments = object(&mut params, "arguments")?.unwrap_or_default();
    let mut call = ToolCall {
        name,
        arguments,
        ..ToolCall::default()
    };
    // Multi round-trip requests came with 2026-07-28; in a session the door itself brings answers.
    if revision.is_modern() {
        let answers = object(&mut params, "inputResponses")?.unwrap_or_default();
        call.answers = answers.into_iter().collect::<HashMap<_, _>>();
        call.request_state = text(&mut params, "requestState")?;
    }
    Ok(Operation::CallTool(call))
}

/// What the extension for tasks adds.
fn task(
    method: &str,
    mut params: Map<String, Value>,
    revision: Revision,
) -> Result<Option<Operation>> {
    if !revision.is_modern() {
        return Ok(None);
    }
    let id = text(&mut params, "taskId")?;
    let answers = || Ok(object(&mut params, "inputResponses")?.unwrap_or_default());
    let Some(act) = tasks::act(method, answers)? else {
        return Ok(None);
    };
    let id = id.ok_or_else(|| missing("taskId"))?;
    Ok(Some(Operation::Task(TaskCall { id, act })))
}

fn text(params: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>> {
    match params.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::new(
            Code::InvalidParams,
            format!("`params.{name}` must be a string"),
        )),
    }
}

fn object(
    params: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Option<Map<String, Value>>> {
    match params.remove(name) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::new(
            Code::InvalidParams,
            format!("`params.{name}` must be an object"),
        )),
    }
}

fn missing(name: &'static str) -> Error {
    Error::new(Code::InvalidParams, format!("`params.{name}` is missing"))
}
