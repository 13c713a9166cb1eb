//! Messages before the answer, and those that belong to none: progress, log, changes.

use std::time::Duration;

use genkan_core::{CallContext, Change, ToolOutput, ToolResult, call::LogLevel};

use super::{fixture::Fixture, resources::WATCHED};

/// How long after one message the next comes.
const PAUSE: Duration = Duration::from_millis(50);

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    vec![
        Fixture::new(
            "test_tool_with_progress",
            "Tells how far it is.",
            |ctx, _| {
                Box::pin(async move {
                    for done in [0.0, 50.0, 100.0] {
                        ctx.progress(done, Some(100.0), "");
                        tokio::time::sleep(PAUSE).await;
                    }
                    Ok(ToolOutput::text("Tool with progress executed"))
                })
            },
        ),
        Fixture::new(
            "test_tool_with_logging",
            "Writes to the client's log.",
            |ctx, _| Box::pin(async move { log(ctx).await }),
        ),
        Fixture::new(
            "test_logging_tool",
            "Writes to the client's log.",
            |ctx, _| Box::pin(async move { log(ctx).await }),
        ),
        Fixture::new("test_reconnection", "Takes a moment.", |ctx, _| {
            Box::pin(async move {
                ctx.defer();
                tokio::time::sleep(PAUSE * 2).await;
                Ok(ToolOutput::text("Reconnection test completed"))
            })
        }),
        Fixture::new(
            "test_trigger_tool_change",
            "Says that tools changed.",
            |ctx, _| Box::pin(async move { changed(ctx, Change::Tools) }),
        ),
        Fixture::new(
            "test_trigger_prompt_change",
            "Says that prompts changed.",
            |ctx, _| Box::pin(async move { changed(ctx, Change::Prompts) }),
        ),
        Fixture::new(
            "test_trigger_resource_change",
            "Says that the watched resource changed.",
            |ctx, _| Box::pin(async move { changed(ctx, Change::Resource(WATCHED.into())) }),
        ),
    ]
}

async fn log(ctx: &CallContext) -> ToolResult {
    for text in [
        "Tool execution started",
        "Tool processing data",
        "Tool execution completed",
    ] {
        ctx.log(LogLevel::Info, Some("conformance"), text).await;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(ToolOutput::text("Tool with logging executed"))
}

fn changed(ctx: &CallContext, change: Change) -> ToolResult {
    ctx.announce(change);
    Ok(ToolOutput::text("Whoever listens is told."))
}
