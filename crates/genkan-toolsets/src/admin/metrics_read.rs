//! `admin_metrics_read`: what `/metrics` shows, for who is not an HTTP client.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Stop, permission::Action, toolset::Effect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RenderMetrics;
use crate::typed::{About, TypedTool};

/// The tool.
pub(super) struct MetricsRead(pub(super) Option<RenderMetrics>);

/// Nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {}

/// All metrics of the process.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// In the Prometheus text format.
    text: String,
}

#[async_trait]
impl TypedTool for MetricsRead {
    const ABOUT: About = About {
        name: "admin_metrics_read",
        title: "Read metrics",
        description: "Reads all metrics of the server, in the Prometheus text format.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("metrics", Action::Read),
    };

    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, _ctx: &CallContext, _arguments: Arguments) -> Result<Answer, Stop> {
        let Some(render) = &self.0 else {
            let message = "this process measures nothing; only a server does";
            return Err(Error::new(Code::ServerUnreachable, message).into());
        };
        Ok(Answer { text: render() })
    }
}
