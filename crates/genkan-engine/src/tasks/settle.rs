//! How an attempt changes its task, and how a task is shown.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use genkan_core::{
    Change, Code, Error, Outcome, Result, Timestamp, ToolOutput,
    outcome::Content,
    task::{Detail, Task, TaskStatus},
};
use genkan_store::{SystemTx, TaskRow};
use serde_json::{Map, Value, json, value::RawValue};
use tracing::error;

use super::{POLL, TaskKey, outliving::Left};
use crate::Engine;

/// How an attempt ended, as the task keeps it.
#[derive(Clone)]
enum End {
    Asked { requests: String, state: String },
    Ended(TaskStatus, Option<String>),
}

/// Keeps how the attempt went, and its record with it. A task that was cancelled meanwhile stays so.
///
/// The record of a tool that writes is written with its effect already; then the task is kept alone.
pub(super) async fn settle(
    engine: &Engine,
    key: &TaskKey,
    left: Option<Left>,
    result: Result<Outcome>,
) {
    let keep = keep(key.clone(), end(result), engine.clock.now());
    let kept = match left.and_then(Left::take) {
        Some((place, record)) => place.leave_with(record, keep).await,
        None => engine.store.system_write(keep).await,
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

fn end(result: Result<Outcome>) -> End {
    match result {
        Ok(Outcome::InputRequired(asked)) => End::Asked {
            requests: Value::Object(asked.requests).to_string(),
            state: asked.request_state,
        },
        Ok(Outcome::Tool(output)) => End::Ended(TaskStatus::Completed, Some(result_text(&output))),
        Ok(_) => {
            let fault = Error::internal("a task ended with what is no answer of a tool");
            End::Ended(TaskStatus::Failed, Some(error_text(&fault)))
        }
        Err(error) if error.code() == Code::Cancelled => End::Ended(TaskStatus::Cancelled, None),
        Err(error) => End::Ended(TaskStatus::Failed, Some(error_text(&error))),
    }
}

fn keep(
    key: TaskKey,
    end: End,
    now: Timestamp,
) -> impl for<'t> Fn(&'t mut SystemTx) -> BoxFuture<'t, Result<bool>> + Send + 'static {
    move |tx| {
        let (TaskKey { tenant, id }, end) = (key.clone(), end.clone());
        Box::pin(async move {
            match end {
                End::Asked { requests, state } => {
                    tx.task_park(&tenant, &id, &requests, &state, now).await
                }
                End::Ended(status, outcome) => {
                    tx.task_settle(&tenant, &id, status, outcome.as_deref(), now)
                        .await
                }
            }
        })
    }
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
