//! Tools whose calls may go on as tasks, as the tests of tasks need them.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use genkan_core::{
    CallContext, Error, Permission, Tool, ToolDefinition, ToolOutput, ToolResult, Toolset,
    context::Question, id::ToolName, permission::Action, task::TaskSupport, toolset::Effect,
};
use serde_json::{Map, Value, json};

/// The toolset `job`.
pub(crate) struct Jobs;

/// What a tool of the toolset does.
#[derive(Clone, Copy)]
enum Job {
    /// Says that it takes long, and then takes long.
    Long,
    /// Takes half a second and says nothing.
    Quiet,
    /// Says that it takes long, and asks two things.
    Asks,
    /// Says that it takes long, and fails as the house would.
    Breaks,
    /// Can be called by clients that know tasks alone.
    Needs,
}

impl Toolset for Jobs {
    fn name(&self) -> &str {
        "job"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let jobs = [Job::Long, Job::Quiet, Job::Asks, Job::Breaks, Job::Needs];
        jobs.into_iter()
            .map(|job| Arc::new(job) as Arc<dyn Tool>)
            .collect()
    }
}

#[async_trait]
impl Tool for Job {
    fn definition(&self) -> ToolDefinition {
        let (name, asks, task) = match self {
            Self::Long => ("job_long", false, TaskSupport::Allowed),
            Self::Quiet => ("job_quiet", false, TaskSupport::Allowed),
            Self::Asks => ("job_asks", true, TaskSupport::Allowed),
            Self::Breaks => ("job_breaks", false, TaskSupport::Allowed),
            Self::Needs => ("job_needs", false, TaskSupport::Required),
        };
        ToolDefinition {
            name: ToolName::parse(name).unwrap(),
            title: name.to_owned(),
            description: name.to_owned(),
            input_schema: json!({ "type": "object" }),
            output_schema: None,
            effect: Effect::ReadOnly,
            idempotent: true,
            asks,
            permission: Permission::new("job", Action::Read),
            deadline: None,
            task,
        }
    }

    async fn call(&self, ctx: &CallContext, _arguments: Map<String, Value>) -> ToolResult {
        match self {
            Self::Long => {
                ctx.defer();
                tokio::time::sleep(Duration::from_secs(600)).await;
            }
            Self::Quiet => tokio::time::sleep(Duration::from_millis(500)).await,
            Self::Asks => {
                ctx.defer();
                let question = |name: &str| Question::Form {
                    message: name.to_owned(),
                    schema: json!({
                        "type": "object",
                        "properties": { name: { "type": "string" } },
                        "required": [name],
                    }),
                };
                let [first, second] =
                    ctx.ask_all([("first", question("a")), ("second", question("b"))])?;
                let text = format!("{} {}", first.accepted()?["a"], second.accepted()?["b"]);
                return Ok(ToolOutput::text(text));
            }
            Self::Breaks => {
                ctx.defer();
                return Err(Error::internal("broken").into());
            }
            Self::Needs => ctx.defer(),
        }
        Ok(ToolOutput::text("done"))
    }
}
