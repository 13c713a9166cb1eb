//! `test_compute`: keeps a processor busy, as a search does, and lets nothing else run meanwhile.

use std::time::Duration;

use async_trait::async_trait;
use genkan_core::{CallContext, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub(super) struct Compute;

/// How much there is to compute.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Work {
    /// For how many milliseconds.
    #[schemars(range(min = 0, max = 1000))]
    ms: u64,
}

#[async_trait]
impl TypedTool for Compute {
    const ABOUT: About = About {
        name: "test_compute",
        title: "Compute",
        description: "Keeps a processor busy for the given time.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    const IS_HEAVY: bool = true;
    type Arguments = Work;
    type Answer = Work;

    async fn run(&self, ctx: &CallContext, work: Work) -> Result<Work, Stop> {
        let over = ctx.clock.monotonic() + Duration::from_millis(work.ms);
        while ctx.clock.monotonic() < over {
            std::hint::spin_loop();
        }
        Ok(work)
    }
}
