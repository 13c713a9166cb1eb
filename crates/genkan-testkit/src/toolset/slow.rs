//! `test_slow`: takes its time and tells how far it is.

use std::time::Duration;

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub(super) struct Slow;

/// How slow.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// How many steps it takes.
    #[schemars(range(min = 0, max = 1000))]
    steps: u32,
    /// How long each takes, in milliseconds.
    #[schemars(range(min = 0, max = 60000))]
    step_ms: u64,
}

/// How many steps were done.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {
    /// All of them.
    steps: u32,
}

#[async_trait]
impl TypedTool for Slow {
    const ABOUT: About = About {
        name: "test_slow",
        title: "Take time",
        description: "Takes the given number of steps and reports progress after each.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        for step in 1..=arguments.steps {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(arguments.step_ms)) => {}
                () = ctx.cancel.cancelled() => {
                    return Err(Error::new(Code::Cancelled, "the caller cancelled the call").into());
                }
            }
            ctx.progress(
                f64::from(step),
                Some(f64::from(arguments.steps)),
                format!("step {step}"),
            );
        }
        Ok(Answer {
            steps: arguments.steps,
        })
    }
}
