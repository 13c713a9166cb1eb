//! The parameters of each method, taken apart without copying them.

use std::collections::HashMap;

use genkan_core::{
    Code, Error, Operation, Result, Revision,
    call::{CompleteCall, PromptCall, Reference, ResourceCall, ToolCall},
    completion::Argument,
    task::TaskCall,
};
use serde_json::{Map, Value};

use super::{skills, tasks};
use crate::json;

/// The operation that a method and its parameters ask for; `None` when there is no such method.
///
/// One row per method that ends in the engine. Members that nobody knows are ignored, as the
/// specification wants it.
pub(crate) fn operation(
    method: &str,
    mut params: Map<String, Value>,
    revision: Revision,
) -> Result<Option<Operation>> {
    let operation = match method {
        "tools/call" => call_tool(params, revision)?,
        "tools/list" => Operation::ListTools {
            cursor: cursor(params)?,
            revision,
        },
        "prompts/get" => get_prompt(params, revision)?,
        "prompts/list" => Operation::ListPrompts {
            cursor: cursor(params)?,
            revision,
        },
        "resources/read" => read_resource(params, revision)?,
        "resources/list" => Operation::ListResources {
            cursor: cursor(params)?,
            revision,
        },
        "resources/templates/list" => Operation::ListTemplates {
            cursor: cursor(params)?,
            revision,
        },
        "completion/complete" => complete(params)?,
        _ => match skills::operation(method, &mut params, revision)? {
            Some(operation) => operation,
            None => return task(method, params, revision),
        },
    };
    Ok(Some(operation))
}

fn cursor(mut params: Map<String, Value>) -> Result<Option<String>> {
    text(&mut params, "cursor")
}

fn call_tool(mut params: Map<String, Value>, revision: Revision) -> Result<Operation> {
    let (answers, request_state) = rounds(&mut params, revision)?;
    Ok(Operation::CallTool(ToolCall {
        name: needed(&mut params, "name")?,
        arguments: object(&mut params, "arguments")?.unwrap_or_default(),
        mirrored: None,
        answers,
        request_state,
        idempotency_key: None,
    }))
}

fn get_prompt(mut params: Map<String, Value>, revision: Revision) -> Result<Operation> {
    let (answers, request_state) = rounds(&mut params, revision)?;
    Ok(Operation::GetPrompt(PromptCall {
        name: needed(&mut params, "name")?,
        arguments: object(&mut params, "arguments")?.unwrap_or_default(),
        answers,
        request_state,
    }))
}

fn read_resource(mut params: Map<String, Value>, revision: Revision) -> Result<Operation> {
    let (answers, request_state) = rounds(&mut params, revision)?;
    Ok(Operation::ReadResource(ResourceCall {
        uri: needed(&mut params, "uri")?,
        answers,
        request_state,
    }))
}

/// Answers and state of an earlier round. Multi round-trip requests came with 2026-07-28; in a
/// session the door itself brings answers.
fn rounds(
    params: &mut Map<String, Value>,
    revision: Revision,
) -> Result<(HashMap<String, Value>, Option<String>)> {
    if !revision.is_modern() {
        return Ok((HashMap::new(), None));
    }
    let answers = object(params, "inputResponses")?.unwrap_or_default();
    Ok((answers.into_iter().collect(), text(params, "requestState")?))
}

fn complete(mut params: Map<String, Value>) -> Result<Operation> {
    let mut reference = object(&mut params, "ref")?.ok_or_else(|| missing("ref"))?;
    let reference = match reference.get("type").and_then(Value::as_str) {
        Some("ref/prompt") => Reference::Prompt(needed(&mut reference, "name")?),
        Some("ref/resource") => Reference::Resource(needed(&mut reference, "uri")?),
        _ => {
            return Err(Error::new(
                Code::InvalidParams,
                "`params.ref.type` must be `ref/prompt` or `ref/resource`",
            ));
        }
    };
    let mut argument = object(&mut params, "argument")?.ok_or_else(|| missing("argument"))?;
    let mut context = object(&mut params, "context")?.unwrap_or_default();
    let context = object(&mut context, "arguments")?.unwrap_or_default();
    if context.values().any(|value| !value.is_string()) {
        return Err(Error::new(
            Code::InvalidParams,
            "`params.context.arguments` holds strings",
        ));
    }
    Ok(Operation::Complete(CompleteCall {
        reference,
        argument: Argument {
            name: needed(&mut argument, "name")?,
            value: needed(&mut argument, "value")?,
            context,
        },
    }))
}

/// A parameter that must be there.
pub(super) fn needed(params: &mut Map<String, Value>, name: &'static str) -> Result<String> {
    text(params, name)?.ok_or_else(|| missing(name))
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

/// A parameter that is text, if it is there.
pub(super) fn text(params: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>> {
    match json::take(params, name) {
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
    match json::take(params, name) {
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
