//! Tools whose calls go on as tasks (MCP extension `io.modelcontextprotocol/tasks`).

use std::time::Duration;

use genkan_core::{CallContext, Error, ToolOutput, ToolResult, task::TaskSupport};
use serde_json::{Map, Value, json};

use super::{
    asking::{form, question},
    fixture::{Fixture, text},
    rounds::word,
};

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    use TaskSupport::{Allowed, Required};
    let name = json!({
        "type": "object",
        "properties": { "name": { "type": "string" } },
        "required": ["name"],
    });
    vec![
        Fixture::new("greet", "Greets at once.", |_, arguments| {
            let text = format!("Hello, {}!", text(&arguments, "name"));
            Box::pin(async move { Ok(ToolOutput::text(text)) })
        })
        .takes(name),
        Fixture::new("slow_compute", "Takes its time.", |ctx, arguments| {
            Box::pin(async move { compute(ctx, &arguments).await })
        })
        .takes(json!({
            "type": "object",
            "properties": {
                "seconds": { "type": "number", "minimum": 0, "maximum": 600 },
                "label": { "type": "string" },
            },
            "required": ["seconds"],
        }))
        .task(Allowed),
        Fixture::new("failing_job", "Fails as a tool.", |ctx, _| {
            Box::pin(async move {
                ctx.defer();
                tokio::time::sleep(Duration::from_secs(1)).await;
                let mut output = ToolOutput::text("the job failed");
                output.is_error = true;
                Ok(output)
            })
        })
        .task(Required),
        Fixture::new("protocol_error_job", "Fails as a server.", |ctx, _| {
            Box::pin(async move {
                ctx.defer();
                tokio::time::sleep(Duration::from_millis(200)).await;
                Err(Error::internal("a fault that the suite asked for").into())
            })
        })
        .task(Allowed),
        Fixture::new(
            "confirm_delete",
            "Asks through its task.",
            |ctx, arguments| Box::pin(async move { delete(ctx, &arguments) }),
        )
        .takes(json!({
            "type": "object",
            "properties": { "filename": { "type": "string" } },
            "required": ["filename"],
        }))
        .asks()
        .task(Allowed),
        Fixture::new("multi_input", "Asks two things at once.", |ctx, _| {
            Box::pin(async move {
                ctx.defer();
                ctx.ask_all([
                    (
                        "first",
                        question("First, please.", json!({ "type": "object" })),
                    ),
                    (
                        "second",
                        question("Second, please.", json!({ "type": "object" })),
                    ),
                ])?;
                Ok(ToolOutput::text("Both were answered."))
            })
        })
        .asks()
        .task(Allowed),
        Fixture::new(
            "test_tool_with_task",
            "Asks, then goes on as a task.",
            |ctx, _| {
                Box::pin(async move {
                    let content = word(ctx, "user_name", "What is your name?", "name")?;
                    ctx.defer();
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    Ok(ToolOutput::text(format!(
                        "Hello, {}!",
                        text(&content, "name")
                    )))
                })
            },
        )
        .asks()
        .task(Required),
    ]
}

async fn compute(ctx: &CallContext, arguments: &Map<String, Value>) -> ToolResult {
    let seconds = arguments["seconds"].as_f64().unwrap_or_default();
    if seconds > 0.0 {
        ctx.defer();
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }
    let label = text(arguments, "label");
    Ok(ToolOutput::text(format!("Computed {label}.")))
}

fn delete(ctx: &CallContext, arguments: &Map<String, Value>) -> ToolResult {
    ctx.defer();
    let file = text(arguments, "filename");
    let schema = json!({
        "type": "object",
        "properties": { "confirm": { "type": "boolean" } },
        "required": ["confirm"],
    });
    let content = form(ctx, "confirm", &format!("Delete {file}?"), schema)?.accepted()?;
    Ok(ToolOutput::text(match content["confirm"] {
        Value::Bool(true) => format!("Deleted {file}."),
        _ => format!("Kept {file}."),
    }))
}
