//! `initialize`: the greeting that opens a session (MCP 2025-11-25 lifecycle).

use bytes::Bytes;
use genkan_core::{Code, Error, Result, Revision, call::Abilities};
use genkan_engine::ProfileInfo;
use serde_json::{Map, Value};

use crate::{
    house::House,
    mcp::{capabilities, message::RequestId, wire},
};

/// The method.
pub(crate) const METHOD: &str = "initialize";

/// What a client said when it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hello {
    /// The revision that both will use.
    pub(crate) revision: Revision,
    /// What the client can be asked.
    pub(crate) abilities: Abilities,
}

impl Hello {
    /// Reads the parameters of `initialize`. A revision that has no sessions, or that nobody knows,
    /// is answered with the newest that has; the client may then leave.
    pub(crate) fn read(params: &Map<String, Value>) -> Result<Self> {
        let Some(Value::String(wanted)) = params.get("protocolVersion") else {
            return Err(wrong("protocolVersion", "a string"));
        };
        let revision = Revision::parse(wanted)
            .filter(|revision| !revision.is_modern())
            .unwrap_or(Revision::NEWEST_LEGACY);
        let Some(Value::Object(declared)) = params.get("capabilities") else {
            return Err(wrong("capabilities", "an object"));
        };
        if !params.get("clientInfo").is_some_and(Value::is_object) {
            return Err(wrong("clientInfo", "an object"));
        }
        Ok(Self {
            revision,
            abilities: capabilities::read(declared, revision)?,
        })
    }

    /// The answer.
    pub(crate) fn welcome(self, house: &House, id: &RequestId, profile: &ProfileInfo) -> Bytes {
        let instructions = &profile.instructions;
        wire::result(id, 512 + instructions.len(), |out| {
            out.extend_from_slice(b"\"protocolVersion\":");
            wire::json(out, self.revision.as_str());
            out.extend_from_slice(b",\"capabilities\":");
            wire::json(out, &capabilities::offered(profile.offers, self.revision));
            out.extend_from_slice(b",\"serverInfo\":");
            out.extend_from_slice(house.server_info.as_bytes());
            if !instructions.is_empty() {
                out.extend_from_slice(b",\"instructions\":");
                wire::json(out, instructions);
            }
        })
    }
}

fn wrong(name: &str, wanted: &str) -> Error {
    Error::new(
        Code::InvalidParams,
        format!("`params.{name}` must be {wanted}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(params: Value) -> Result<Hello> {
        Hello::read(params.as_object().unwrap())
    }

    #[test]
    fn the_revision_is_settled() {
        let table = [
            ("2024-11-05", "2024-11-05"),
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"),
            ("1.0", "2025-11-25"),
        ];
        for (wanted, settled) in table {
            let hello =
                read(json!({"protocolVersion": wanted, "capabilities": {}, "clientInfo": {}}))
                    .unwrap();
            assert_eq!(hello.revision.as_str(), settled, "{wanted}");
        }
    }

    #[test]
    fn faults_name_the_parameter() {
        let table = [
            (
                json!({"capabilities": {}, "clientInfo": {}}),
                "protocolVersion",
            ),
            (
                json!({"protocolVersion": 1, "capabilities": {}, "clientInfo": {}}),
                "protocolVersion",
            ),
            (
                json!({"protocolVersion": "2025-11-25", "clientInfo": {}}),
                "capabilities",
            ),
            (
                json!({"protocolVersion": "2025-11-25", "capabilities": {}}),
                "clientInfo",
            ),
            (
                json!({"protocolVersion": "2025-11-25", "capabilities": {"roots": 1}, "clientInfo": {}}),
                "roots",
            ),
        ];
        for (params, name) in table {
            let error = read(params).unwrap_err();
            assert!(
                error.code() == Code::InvalidParams && error.message().contains(name),
                "{error:?}"
            );
        }
    }
}
