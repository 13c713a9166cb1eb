//! What a toolset is: a name, and tools that each say what they are and do what they say.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{
    CallContext, Permission, Prompt, Resources, Skills, ToolResult, id::ToolName, task::TaskSupport,
};

/// A group of tools with one name, such as `knowledge`.
pub trait Toolset: Send + Sync {
    /// The name: 1–32 of `[a-z0-9]`; its tools are named `<toolset>_<tool>`.
    fn name(&self) -> &str;

    /// What the name of every tool begins with. Only tools that somebody else has named, and that
    /// cannot be named anew, may begin with something else.
    fn prefix(&self) -> String {
        format!("{}_", self.name())
    }

    /// What a model should know before it uses these tools. Short: every client pays for it.
    fn instructions(&self) -> String {
        String::new()
    }

    /// The tools, in any order.
    fn tools(&self) -> Vec<Arc<dyn Tool>>;

    /// The prompts, in any order. Their names follow the rule for tools.
    fn prompts(&self) -> Vec<Arc<dyn Prompt>> {
        Vec::new()
    }

    /// What can be read, if anything.
    fn resources(&self) -> Option<Arc<dyn Resources>> {
        None
    }

    /// Forgets the oldest fifth of what it keeps only to answer sooner: memory is scarce.
    fn forget_oldest(&self) {}

    /// The skills, if there are any. Their files are among what can be read.
    fn skills(&self) -> Option<Arc<dyn Skills>> {
        None
    }

    /// Whether anything here writes to the client's log with [`CallContext::log`].
    fn logs(&self) -> bool {
        false
    }
}

/// One tool.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What the tool is. Asked once, at start.
    fn definition(&self) -> ToolDefinition;

    /// Whether the output schema is made from the type of the answer, so that no answer can differ
    /// from it.
    fn is_typed(&self) -> bool {
        false
    }

    /// Whether it computes for so long that only a few of its calls should do so at once. It calls
    /// no other tool of that kind, which would wait for itself.
    fn is_heavy(&self) -> bool {
        false
    }

    /// Whether so few callers need it that only profile `<toolset>-full` shows it, beside the others.
    fn is_further(&self) -> bool {
        false
    }

    /// Whether it acts on what lies outside the house (MCP `openWorldHint`).
    fn reaches_out(&self) -> bool {
        false
    }

    /// Arguments that no record and no log keeps, beside those whose names say that they are secret.
    fn hides(&self) -> &'static [&'static str] {
        &[]
    }

    /// Does it. The arguments are an object that fits the input schema.
    async fn call(&self, ctx: &CallContext, arguments: Map<String, Value>) -> ToolResult;
}

/// Everything the house must know of a tool without running it.
#[derive(Clone, Debug)]
pub struct ToolDefinition {
    /// The wire name.
    pub name: ToolName,
    /// A short title for people.
    pub title: String,
    /// What it does, for models.
    pub description: String,
    /// JSON Schema 2020-12 of the arguments; its root is `type: object`.
    pub input_schema: Value,
    /// JSON Schema 2020-12 of the structured answer.
    pub output_schema: Option<Value>,
    /// What it changes.
    pub effect: Effect,
    /// Doing it twice is doing it once (MCP `idempotentHint`).
    pub idempotent: bool,
    /// Whether it may ask its caller something with [`CallContext::ask`].
    pub asks: bool,
    /// What a caller needs.
    pub permission: Permission,
    /// Its time limit, where the common one does not fit.
    pub deadline: Option<Duration>,
    /// Whether its calls may go on as tasks.
    pub task: TaskSupport,
}

/// What a tool changes, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing (MCP `readOnlyHint`).
    ReadOnly,
    /// Our own store, by adding (not `destructiveHint`).
    Adds,
    /// Our own store, by changing or removing what was there (MCP `destructiveHint`).
    Changes,
}

impl Effect {
    /// Whether nothing changes.
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::ReadOnly)
    }
}
