//! Messages before the answer: progress and log.

use std::time::Duration;

use genkan_core::ToolOutput;

use super::fixture::Fixture;

/// How long after one message the next comes.
const PAUSE: Duration = Duration::from_millis(50);

/// The fixtures of this file.
pub(super) fn all() -> Vec<Fixture> {
    vec![Fixture::new(
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
    )]
}
