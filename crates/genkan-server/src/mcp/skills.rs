//! Skills on the wire (MCP extension `io.modelcontextprotocol/skills`, SEP-2640), which only the
//! stateless era knows. Results are those of the engine.

use genkan_core::{Operation, Result, Revision};
use serde_json::{Map, Value};

use super::params::{needed, text};

/// The name of the extension.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/skills";

/// What a method of the extension asks for; `None` when it has no such method.
pub(crate) fn operation(
    method: &str,
    params: &mut Map<String, Value>,
    revision: Revision,
) -> Result<Option<Operation>> {
    if !revision.is_modern() {
        return Ok(None);
    }
    Ok(match method {
        "skills/list" => Some(Operation::ListSkills {
            cursor: text(params, "cursor")?,
        }),
        "skills/get" => Some(Operation::GetSkill {
            uri: needed(params, "uri")?,
        }),
        "resources/directory/read" => Some(Operation::ReadDirectory {
            uri: needed(params, "uri")?,
            cursor: text(params, "cursor")?,
            revision,
        }),
        _ => None,
    })
}
