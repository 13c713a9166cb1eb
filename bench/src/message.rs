//! What is asked of every server: the same JSON-RPC messages, byte for byte.

use std::fmt::Write as _;

/// The text that echo tools are given: about what a short question has.
pub const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it does so again.";

/// The protocol era that a message is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// MCP 2026-07-28: every request is complete in itself.
    Modern,
    /// MCP 2025-11-25: requests belong to a session.
    Legacy,
}

/// One thing that is asked again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `tools/call` of a tool with these arguments, as JSON text. `{n}` becomes a number that is
    /// different in every request.
    Call {
        /// The name of the tool.
        tool: String,
        /// A JSON object.
        arguments: String,
    },
    /// A page of `tools/list`: the first without a cursor.
    List {
        /// Where the page begins.
        cursor: Option<String>,
    },
}

impl Ask {
    /// An echo of [`TEXT`] by this tool.
    pub fn echo(tool: &str) -> Self {
        Self::Call {
            tool: tool.to_owned(),
            arguments: format!("{{\"text\":\"{TEXT}\"}}"),
        }
    }

    /// The MCP method.
    pub fn method(&self) -> &'static str {
        match self {
            Self::Call { .. } => "tools/call",
            Self::List { .. } => "tools/list",
        }
    }

    /// The tool's name, where there is one.
    pub fn tool(&self) -> Option<&str> {
        match self {
            Self::Call { tool, .. } => Some(tool),
            Self::List { .. } => None,
        }
    }

    /// The JSON-RPC request with this id.
    pub fn body(&self, era: Era, id: u64) -> String {
        let mut params = match self {
            Self::Call { tool, arguments } => {
                let arguments = arguments.replace("{n}", &id.to_string());
                format!("\"name\":\"{tool}\",\"arguments\":{arguments}")
            }
            Self::List { cursor: None } => String::new(),
            Self::List {
                cursor: Some(cursor),
            } => format!("\"cursor\":{}", serde_json::Value::from(cursor.as_str())),
        };
        if era == Era::Modern {
            if !params.is_empty() {
                params.push(',');
            }
            params.push_str(META);
        }
        let method = self.method();
        format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{{{params}}}}}"#)
    }

    /// The header lines that go with it, each ended.
    pub fn headers(&self, era: Era) -> String {
        let mut lines = String::from(
            "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n",
        );
        match era {
            Era::Legacy => lines.push_str("MCP-Protocol-Version: 2025-11-25\r\n"),
            Era::Modern => {
                let _ = write!(
                    lines,
                    "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {}\r\n",
                    self.method()
                );
                if let Some(tool) = self.tool() {
                    let _ = write!(lines, "Mcp-Name: {tool}\r\n");
                }
            }
        }
        lines
    }
}

const META: &str = concat!(
    r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#,
    r#""io.modelcontextprotocol/clientInfo":{"name":"genkan-bench","version":"0"},"#,
    r#""io.modelcontextprotocol/clientCapabilities":{}}"#
);

/// What opens a session of the legacy era.
pub const INITIALIZE: &str = concat!(
    r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#,
    r#""capabilities":{},"clientInfo":{"name":"genkan-bench","version":"0"}}}"#
);

/// What a client says once its session is open.
pub const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
