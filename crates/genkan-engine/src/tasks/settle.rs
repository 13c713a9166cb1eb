//! How an attempt changes its task, and how a task is shown.

use std::{sync::Arc, time::Duration};

use genkan_core::{
    Change, Code, Error, Outcome, Result, ToolOutput,
    outcome::Content,
    task::{Detail, Task, TaskStatus},
};
use genkan_store::TaskRow;
use serde_json::{Map, Value, json, value::RawValue};
use tracing::error;

use super::{POLL, TaskKey};
use crate::Engine;

/// Keeps how the attempt went. A task that was cancelled meanwhile stays so.
pub(super) async fn settle(engine: &Engine, key: &TaskKey, result: Result<Outcome>) {
    let kept = match result {
        Ok(Outcome::InputRequired(asked)) => {
            let requests = Value::Object(asked.requests).to_string();
            park(engine, key, requests, asked.request_state).await
        }
        Ok(Outcome::Tool(output)) => {
            let text = result_text(&output);
            end(engine, key, TaskStatus::Completed, Some(text)).await
        }
        Ok(_) => {
            let fault = Error::internal("a task ended with what is no answer of a tool");
            end(engine, key, TaskStatus::Failed, Some(error_text(&fault))).await
        }
        Err(error) if error.code() == Code::Cancelled => {
            end(engine, key, TaskStatus::Cancelled, None).await
        }
        Err(error) => end(engine, key, TaskStatus::Failed, Some(error_text(&error))).await,
    };
    match kept {
        Ok(true) => announce(engine, key),
        Ok(false) => {}
        // Its lease ends, and who asks is told that nobody knows.
        Err(error) => error!(?error, "the outcome of a task could not be kept"),
    }
}

/// Tells those who listen that the task changed.
pub(super) fn announce(engine: &Engine, key: &TaskKey) {
    let change = Change::Task(Arc::clone(&key.id));
    engine.bus.announce(&key.tenant, change);
}

async fn park(engine: &Engine, key: &TaskKey, requests: String, state: String) -> Result<bool> {
    let (key, now) = (key.clone(), engine.clock.now());
    let parked = engine.store.system_write(move |tx| {
        let (key, requests, state) = (key.clone(), requests.clone(), state.clone());
        Box::pin(async move {
            tx.task_park(&key.tenant, &key.id, &requests, &state, now)
                .await
        })
    });
    parked.await
}

async fn end(
    engine: &Engine,
    key: &TaskKey,
    status: TaskStatus,
    outcome: Option<String>,
) -> Result<bool> {
    let (key, now) = (key.clone(), engine.clock.now());
    let ended = engine.store.system_write(move |tx| {
        let (key, outcome) = (key.clone(), outcome.clone());
        Box::pin(async move {
            tx.task_settle(&key.tenant, &key.id, status, outcome.as_deref(), now)
                .await
        })
    });
    ended.await
}

/// What a client is told of a task.
pub(super) fn view(row: TaskRow) -> Result<Task> {
    let keep = kept(&row);
    let raw = |text: Option<String>| match text {
        Some(text) => RawValue::from_string(text).map_err(Error::internal),
        None => Err(Error::internal("a task has ended without its outcome")),
    };
    let detail = match row.status {
        TaskStatus::Working | TaskStatus::Cancelled => Detail::None,
        TaskStatus::InputRequired => {
            Detail::Requests(serde_json::from_str(&row.requests).map_err(Error::internal)?)
        }
        TaskStatus::Completed => Detail::Result(raw(row.outcome)?),
        TaskStatus::Failed => Detail::Error(raw(row.outcome)?),
    };
    Ok(Task {
        id: row.id.into(),
        status: row.status,
        message: None,
        created: row.created,
        updated: row.updated,
        keep,
        poll: POLL,
        detail,
    })
}

/// How long after its beginning a task can be asked for.
fn kept(row: &TaskRow) -> Duration {
    let millis = row.expires.as_millis() - row.created.as_millis();
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// The error for work of which nobody knows how it ended.
pub(super) fn lost_text() -> String {
    let message = "the process that worked on this task has stopped";
    error_text(&Error::new(Code::OutcomeUnknown, message))
}

/// A `CallToolResult` (MCP 2026-07-28 tools), as it stands within a task.
fn result_text(output: &ToolOutput) -> String {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let parsed = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).unwrap_or_default();
    let mut content: Vec<Value> = output
        .content
        .iter()
        .map(|block| match block {
            Content::Text(words) => text(words),
            Content::Raw(raw) => parsed(raw),
        })
        .collect();
    let mut result = Map::new();
    result.insert("resultType".into(), "complete".into());
    if let Some(raw) = &output.structured {
        if content.is_empty() {
            content.push(text(raw.get()));
        }
        result.insert("structuredContent".into(), parsed(raw));
    }
    result.insert("content".into(), content.into());
    result.insert("isError".into(), output.is_error.into());
    if let Some(meta) = &output.meta {
        result.insert("_meta".into(), Value::Object((**meta).clone()));
    }
    Value::Object(result).to_string()
}

/// A JSON-RPC error object.
fn error_text(error: &Error) -> String {
    let shown = error.shown();
    let mut data = Map::new();
    data.insert("code".into(), shown.code.into());
    data.insert("hint".into(), shown.hint.into());
    data.insert("doc".into(), shown.doc.into());
    if let Some(Value::Object(detail)) = error.data_value() {
        data.extend(detail.clone());
    }
    json!({ "code": error.code().json_rpc(), "message": shown.message, "data": data }).to_string()
}
