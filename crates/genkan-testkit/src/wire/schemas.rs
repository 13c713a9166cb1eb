//! The official JSON schemas of MCP, where the folder with them is at hand.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
};

use jsonschema::Validator;
use serde_json::{Value, json};

/// Every revision, the oldest first.
pub const REVISIONS: [&str; 5] = [
    "2024-11-05",
    "2025-03-26",
    "2025-06-18",
    "2025-11-25",
    "2026-07-28",
];

/// The folder of the schemas, if it is there; else that is said, once in a process.
static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let told = std::env::var_os("GENKAN_TEST_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = told.unwrap_or(beside).join("data/mcp-schema");
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        eprintln!("no message is held against its schema: GENKAN_TEST_SHARED has no MCP schemas");
    }
    found
});

/// Revision and definition.
type Key = (String, String);

static VALIDATORS: LazyLock<Mutex<HashMap<Key, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// Whether there are schemas to hold messages against.
pub fn are_there() -> bool {
    FOLDER.is_some()
}

/// What is wrong with a value as a definition of a revision has it. Nothing is, where there are no
/// schemas.
pub fn fault(revision: &str, definition: &str, value: &Value) -> Option<String> {
    let validator = validator(revision, definition)?;
    let fault = validator.validate(value).err()?;
    Some(format!(
        "{revision} {definition} at `{}`: {fault}",
        fault.instance_path()
    ))
}

fn validator(revision: &str, definition: &str) -> Option<Arc<Validator>> {
    let folder = FOLDER.as_ref()?;
    let key = (revision.to_owned(), definition.to_owned());
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators.entry(key).or_insert_with(|| {
        let text = std::fs::read_to_string(folder.join(format!("{revision}.json")))
            .unwrap_or_else(|_| panic!("there is no revision `{revision}`"));
        let mut schema: Value = serde_json::from_str(&text).unwrap();
        let place = match schema.get("$defs") {
            Some(_) => "$defs",
            None => "definitions",
        };
        assert!(
            schema[place].get(definition).is_some(),
            "{revision} has no `{definition}`"
        );
        schema["$ref"] = json!(format!("#/{place}/{definition}"));
        Arc::new(jsonschema::validator_for(&schema).unwrap())
    });
    Some(Arc::clone(validator))
}
