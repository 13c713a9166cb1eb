//! Messages against the official JSON schemas, where the folder with them is at hand.

use std::{path::PathBuf, sync::OnceLock};

use serde_json::{Value, json};

/// The folder of data that others published, if it is there.
fn folder() -> Option<PathBuf> {
    let told = std::env::var_os("GENKAN_TEST_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = told.unwrap_or(beside).join("data/mcp-schema");
    folder.is_dir().then_some(folder)
}

/// A validator for one definition of a revision; `None`, said once, where there is no folder.
fn validator(revision: &str, definition: &str) -> Option<jsonschema::Validator> {
    let Some(folder) = folder() else {
        static SAID: OnceLock<()> = OnceLock::new();
        SAID.get_or_init(|| {
            eprintln!("skipped: no folder with the MCP schemas (GENKAN_TEST_SHARED)")
        });
        return None;
    };
    let text = std::fs::read_to_string(folder.join(format!("{revision}.json"))).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    let place = if schema.get("$defs").is_some() {
        "$defs"
    } else {
        "definitions"
    };
    schema["$ref"] = json!(format!("#/{place}/{definition}"));
    Some(jsonschema::validator_for(&schema).unwrap())
}

/// Holds a value against a definition of a revision.
pub(crate) fn check(revision: &str, definition: &str, value: &Value) {
    let Some(validator) = validator(revision, definition) else {
        return;
    };
    if let Err(fault) = validator.validate(value) {
        panic!(
            "{revision} {definition} at {}: {fault}\n{value:#}",
            fault.instance_path()
        );
    }
}

/// Any message that was sent on a stream is one of JSON-RPC as the newest revision has it, or a
/// batch.
pub(crate) fn checked(message: Value) -> Value {
    static NEWEST: OnceLock<Option<jsonschema::Validator>> = OnceLock::new();
    let validator = NEWEST.get_or_init(|| validator("2026-07-28", "JSONRPCMessage"));
    if let (Some(validator), false) = (validator, message.is_array()) {
        // Results of sessions have no `resultType`; the schema of their own revision holds them.
        if message["result"].is_null() {
            assert!(validator.is_valid(&message), "{message:#}");
        }
    }
    message
}
