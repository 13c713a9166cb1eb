//! Tasks on the wire (MCP extension `io.modelcontextprotocol/tasks`, SEP-2663), which only the
//! stateless era knows.

use std::collections::HashMap;

use genkan_core::{
    Result,
    task::{Detail, Task, TaskAct},
};
use serde_json::{Map, Value, json};

use super::wire;

/// The name of the extension.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// What a method of the extension wants; `None` when it has no such method.
pub(crate) fn act(
    method: &str,
    answers: impl FnOnce() -> Result<Map<String, Value>>,
) -> Result<Option<TaskAct>> {
    Ok(match method {
        "tasks/get" => Some(TaskAct::Get),
        "tasks/cancel" => Some(TaskAct::Cancel),
        "tasks/update" => Some(TaskAct::Update(
            answers()?.into_iter().collect::<HashMap<_, _>>(),
        )),
        _ => None,
    })
}

/// Writes the members of a result that is a new task, without what goes with its status: that is
/// for `tasks/get`.
pub(crate) fn created(out: &mut Vec<u8>, task: &Task) {
    members(out, task);
}

/// Writes the members of a `DetailedTask`.
pub(crate) fn detailed(out: &mut Vec<u8>, task: &Task) {
    members(out, task);
    let (name, raw) = match &task.detail {
        Detail::None => return,
        Detail::Requests(requests) => {
            out.extend_from_slice(b",\"inputRequests\":");
            return wire::json(out, requests);
        }
        Detail::Result(raw) => ("result", raw),
        Detail::Error(raw) => ("error", raw),
    };
    out.extend_from_slice(format!(",\"{name}\":").as_bytes());
    wire::splice(out, raw);
}

fn members(out: &mut Vec<u8>, task: &Task) {
    let millis = |duration: std::time::Duration| u64::try_from(duration.as_millis()).ok();
    let shown = json!({
        "taskId": task.id,
        "status": task.status.as_str(),
        "createdAt": task.created.to_string(),
        "lastUpdatedAt": task.updated.to_string(),
        "ttlMs": millis(task.keep),
        "pollIntervalMs": millis(task.poll),
    });
    for (position, (name, value)) in shown.as_object().into_iter().flatten().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        wire::json(out, name);
        out.push(b':');
        wire::json(out, value);
    }
    if let Some(message) = &task.message {
        out.extend_from_slice(b",\"statusMessage\":");
        wire::json(out, message);
    }
}
