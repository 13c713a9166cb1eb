//! What a door hands to the engine: one operation, and who asks for it through which door.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

pub use crate::event::{Event, EventSink, LogLevel};
use crate::{
    Revision, Secret,
    completion::Argument,
    id::{CorrelationId, IdempotencyKey, ProfileName},
    subscription::Interest,
    task::TaskCall,
    trace::Trace,
};

/// One call, whatever door it came through.
#[derive(Debug)]
pub struct Call {
    /// What is to be done.
    pub operation: Operation,
    /// What the caller showed to be known by.
    pub credential: Credential,
    /// The door.
    pub door: Door,
    /// The selection of the catalog that this endpoint shows.
    pub profile: ProfileName,
    /// In = out, generated where absent.
    pub correlation_id: CorrelationId,
    /// The trace that the caller's request belongs to, if it told one.
    pub trace: Option<Arc<Trace>>,
    /// Where the call came from: a network address without port, or `local`.
    pub source: Arc<str>,
    /// What the client can be asked (MCP `elicitation`, …).
    pub abilities: Abilities,
    /// Where progress and log messages go while the call runs.
    pub events: Option<EventSink>,
    /// Cancelled when the caller no longer wants the answer.
    pub cancel: CancellationToken,
}

/// Everything that can be asked of Genkan.
#[derive(Debug)]
pub enum Operation {
    /// `tools/list`: one page, in the wire form.
    ListTools {
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
        /// Which fields the client's revision knows.
        revision: Revision,
    },
    /// `tools/call`.
    CallTool(ToolCall),
    /// `prompts/list`: one page, in the wire form.
    ListPrompts {
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
        /// Which fields the client's revision knows.
        revision: Revision,
    },
    /// `prompts/get`.
    GetPrompt(PromptCall),
    /// `resources/list`: one page, in the wire form.
    ListResources {
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
        /// Which fields the client's revision knows.
        revision: Revision,
    },
    /// `resources/templates/list`: one page, in the wire form.
    ListTemplates {
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
        /// Which fields the client's revision knows.
        revision: Revision,
    },
    /// `resources/read`.
    ReadResource(ResourceCall),
    /// `skills/list`: one page, in the wire form.
    ListSkills {
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
    },
    /// `skills/get`.
    GetSkill {
        /// The URI of its `SKILL.md` as the client wrote it; it need not name anything.
        uri: String,
    },
    /// `resources/directory/read`: one page of what is directly in a folder, in the wire form.
    ReadDirectory {
        /// The URI of the folder as the client wrote it; it need not name anything.
        uri: String,
        /// Where the page begins; `None` is the first.
        cursor: Option<String>,
        /// Which fields the client's revision knows.
        revision: Revision,
    },
    /// `completion/complete`.
    Complete(CompleteCall),
    /// `subscriptions/listen`, and what stands for it in sessions.
    Subscribe(Interest),
    /// `tasks/get`, `tasks/update` and `tasks/cancel`.
    Task(TaskCall),
}

impl Operation {
    /// The MCP method, as records and metrics name it.
    pub const fn method(&self) -> &'static str {
        match self {
            Self::ListTools { .. } => "tools/list",
            Self::CallTool(_) => "tools/call",
            Self::ListPrompts { .. } => "prompts/list",
            Self::GetPrompt(_) => "prompts/get",
            Self::ListResources { .. } => "resources/list",
            Self::ListTemplates { .. } => "resources/templates/list",
            Self::ReadResource(_) => "resources/read",
            Self::ListSkills { .. } => "skills/list",
            Self::GetSkill { .. } => "skills/get",
            Self::ReadDirectory { .. } => "resources/directory/read",
            Self::Complete(_) => "completion/complete",
            Self::Subscribe(_) => "subscriptions/listen",
            Self::Task(call) => call.act.method(),
        }
    }

    /// The name of what is acted on. What acts on nothing by name is metered, not recorded.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Self::CallTool(call) => Some(&call.name),
            Self::GetPrompt(call) => Some(&call.name),
            Self::ReadResource(call) => Some(&call.uri),
            Self::GetSkill { uri } | Self::ReadDirectory { uri, .. } => Some(uri),
            Self::Task(call) => Some(&call.id),
            Self::ListTools { .. }
            | Self::ListPrompts { .. }
            | Self::ListResources { .. }
            | Self::ListTemplates { .. }
            | Self::ListSkills { .. }
            | Self::Complete(_)
            | Self::Subscribe(_) => None,
        }
    }
}

/// The parameters of `tools/call`.
#[derive(Debug, Default)]
pub struct ToolCall {
    /// The tool's name as the client wrote it; it need not exist.
    pub name: String,
    /// The arguments, not yet validated.
    pub arguments: Map<String, Value>,
    /// Arguments that the client repeated in headers, by what follows `Mcp-Param-` in lower case;
    /// `None` at doors without headers.
    pub mirrored: Option<Vec<(String, String)>>,
    /// Answers to what the tool asked in an earlier round, by key.
    pub answers: HashMap<String, Value>,
    /// The sealed `requestState` of the earlier round.
    pub request_state: Option<String>,
    /// By which the call is known when it is sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The parameters of `prompts/get`.
#[derive(Debug, Default)]
pub struct PromptCall {
    /// The prompt's name as the client wrote it; it need not exist.
    pub name: String,
    /// The arguments, not yet validated.
    pub arguments: Map<String, Value>,
    /// Answers to what the prompt asked in an earlier round, by key.
    pub answers: HashMap<String, Value>,
    /// The sealed `requestState` of the earlier round.
    pub request_state: Option<String>,
}

/// The parameters of `resources/read`.
#[derive(Debug, Default)]
pub struct ResourceCall {
    /// The URI as the client wrote it; it need not name anything.
    pub uri: String,
    /// Answers to what was asked in an earlier round, by key.
    pub answers: HashMap<String, Value>,
    /// The sealed `requestState` of the earlier round.
    pub request_state: Option<String>,
}

/// The parameters of `completion/complete`.
#[derive(Debug)]
pub struct CompleteCall {
    /// What the argument belongs to.
    pub reference: Reference,
    /// The argument that is being typed.
    pub argument: Argument,
}

/// What a completion is for.
#[derive(Debug)]
pub enum Reference {
    /// A prompt, by its name.
    Prompt(String),
    /// A template of resources, by its URI template.
    Resource(String),
}

/// What a caller shows to be known by.
#[derive(Clone, Debug)]
pub enum Credential {
    /// An API key in its text form.
    ApiKey(Secret<String>),
    /// The operating system vouches: this process, or a peer on the owner-only local socket.
    Local,
    /// Nothing was shown.
    None,
}

/// Through which door a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// MCP 2026-07-28 over HTTP.
    McpHttp,
    /// A session of an older MCP revision over HTTP.
    McpHttpLegacy,
    /// MCP over standard input and output.
    McpStdio,
    /// The command line.
    Cli,
    /// A tool that called another tool.
    Internal,
}

impl Door {
    /// Every door.
    const ALL: [Self; 5] = [
        Self::McpHttp,
        Self::McpHttpLegacy,
        Self::McpStdio,
        Self::Cli,
        Self::Internal,
    ];

    /// The door of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.as_str() == word)
    }

    /// The word in records and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::McpHttp => "mcp_http",
            Self::McpHttpLegacy => "mcp_http_legacy",
            Self::McpStdio => "mcp_stdio",
            Self::Cli => "cli",
            Self::Internal => "internal",
        }
    }
}

/// What a client can be asked in the middle of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Forms (`elicitation.form`).
    pub elicitation_form: bool,
    /// Links to open (`elicitation.url`).
    pub elicitation_url: bool,
    /// Model calls (`sampling`).
    pub sampling: bool,
    /// Folders (`roots`).
    pub roots: bool,
    /// To come back for the answer (extension `io.modelcontextprotocol/tasks`).
    pub tasks: bool,
}
