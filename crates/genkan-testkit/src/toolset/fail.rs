//! `test_fail`: fails in the way that it is told to.

use async_trait::async_trait;
use genkan_core::{CallContext, Code, Error, Stop, permission::Action, toolset::Effect};
use genkan_toolsets::typed::{About, TypedTool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// Tells the task of the background to panic.
static BACKGROUND: Notify = Notify::const_new();

/// A task of the background that panics as soon as `test_fail` says so.
pub async fn panic_when_told() {
    BACKGROUND.notified().await;
    panic!("a task of the background was told to panic");
}

/// The tool.
pub(super) struct Fail;

/// How to fail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    /// The way.
    how: How,
}

/// A way to fail.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum How {
    /// With an error that the model may mend.
    Error,
    /// With a fault of the house.
    Internal,
    /// With a panic.
    Panic,
    /// By never answering.
    Hang,
    /// Not at all, but a task of the background panics.
    Background,
}

/// Given when something else is to fail.
#[derive(Serialize, JsonSchema)]
pub(super) struct Answer {}

#[async_trait]
impl TypedTool for Fail {
    const ABOUT: About = About {
        name: "test_fail",
        title: "Fail",
        description: "Fails in the given way.",
        effect: Effect::ReadOnly,
        idempotent: true,
        asks: false,
        permission: ("test", Action::Read),
    };
    type Arguments = Arguments;
    type Answer = Answer;

    async fn run(&self, _ctx: &CallContext, arguments: Arguments) -> Result<Answer, Stop> {
        match arguments.how {
            How::Error => Err(Error::new(Code::Conflict, "it was told to fail").into()),
            How::Internal => Err(Error::internal("it was told to break").into()),
            How::Panic => panic!("it was told to panic"),
            How::Hang => std::future::pending().await,
            How::Background => {
                BACKGROUND.notify_one();
                Ok(Answer {})
            }
        }
    }
}
