//! The first line each way on the local socket.

use genkan_core::{Code, Error, Result, call, id::ProfileName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::local::lines::{Line, Lines};

/// The version of this greeting; the MCP behind it negotiates for itself.
const GREETING: u32 = 1;

/// Which door a process opens through the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Door {
    /// `genkan stdio`.
    Stdio,
    /// Another command.
    Cli,
}

impl From<Door> for call::Door {
    fn from(door: Door) -> Self {
        match door {
            Door::Stdio => Self::McpStdio,
            Door::Cli => Self::Cli,
        }
    }
}

/// What the connecting process says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    genkan: u32,
    /// The version of the connecting program.
    pub(crate) version: String,
    /// The profile that it wants to see.
    pub(crate) profile: String,
    /// The door that it opens.
    pub(crate) door: Door,
}

impl Hello {
    /// A greeting from this program.
    pub(crate) fn new(profile: &ProfileName, door: Door) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self {
            genkan: GREETING,
            version,
            profile: profile.as_str().to_owned(),
            door,
        }
    }

    /// Reads the greeting of a connecting process.
    pub(crate) async fn read(lines: &mut Lines) -> Result<Self> {
        let line = next(lines).await?;
        let hello: Self = serde_json::from_slice(&line).map_err(|error| {
            Error::new(
                Code::InvalidRequest,
                "the local socket expects a greeting first",
            )
            .source(error)
        })?;
        match hello.genkan {
            GREETING => Ok(hello),
            other => Err(Error::new(
                Code::UnsupportedVersion,
                format!("greeting {other} is not spoken here, only {GREETING}"),
            )
            .hint("Use the same version of Genkan for server and command.")),
        }
    }
}

/// What the server answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Welcome {
    /// Go on with MCP.
    Welcome {
        /// The version of the server.
        version: String,
    },
    /// Go away, and why: `{code, message, hint, doc}`.
    Error(Value),
}

impl Welcome {
    /// The answer to a greeting.
    pub(crate) fn to<T>(greeted: &Result<T>) -> Self {
        match greeted {
            Ok(_) => Self::Welcome {
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            Err(error) => Self::Error(serde_json::to_value(error.shown()).unwrap_or_default()),
        }
    }

    /// Reads the server's answer.
    pub(crate) async fn read(lines: &mut Lines) -> Result<()> {
        match serde_json::from_slice(&next(lines).await?) {
            Ok(Self::Welcome { .. }) => Ok(()),
            Ok(Self::Error(shown)) => Err(error_from(&shown)),
            Err(error) => Err(Error::new(
                Code::ServerUnreachable,
                "the server on this data folder answers in another language",
            )
            .source(error)
            .hint("Use the same version of Genkan for server and command.")),
        }
    }
}

/// Turns a shown `{code, message, hint}` back into an error.
pub(crate) fn error_from(shown: &Value) -> Error {
    let text = |name: &str| shown.get(name).and_then(Value::as_str).map(str::to_owned);
    let code = text("code")
        .and_then(|code| code_named(&code))
        .unwrap_or(Code::Internal);
    let message = text("message").unwrap_or_else(|| "the server gave no reason".to_owned());
    let error = Error::new(code, message);
    match text("hint") {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The code of this name.
pub(crate) fn code_named(name: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == name)
}

async fn next(lines: &mut Lines) -> Result<Vec<u8>> {
    match lines.next().await {
        Some(Line::Whole(line)) => Ok(line.to_vec()),
        _ => Err(Error::new(
            Code::ServerUnreachable,
            "the local socket was closed at the greeting",
        )),
    }
}

#[cfg(test)]
mod tests;
