//! Zulip's own description of its API, where the folder with it is at hand.

use std::{path::PathBuf, sync::LazyLock};

use serde_json::{Value, json};

/// The description, if it is there; else that is said, once in a process.
static DOCUMENT: LazyLock<Option<Value>> = LazyLock::new(|| {
    let told = std::env::var_os("GENKAN_TEST_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let file = told.unwrap_or(beside).join("data/zulip-openapi.yaml");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("no answer is held against Zulip's description: GENKAN_TEST_SHARED has none");
        return None;
    };
    let mut document: Value = serde_yaml_ng::from_str(&text).unwrap();
    plain(&mut document);
    Some(document)
});

/// Whether there is a description to hold answers against.
pub fn is_there() -> bool {
    DOCUMENT.is_some()
}

/// What is wrong with an answer as the description has it; nothing is, where there is none.
pub fn fault(method: &str, path: &str, status: &str, answer: &Value) -> Option<String> {
    let document = DOCUMENT.as_ref()?;
    let path_part = path.replace('~', "~0").replace('/', "~1");
    let mut place = format!("/paths/{path_part}/{method}/responses/{status}");
    // Answers that say nothing but success are described once for all.
    let shared = document.pointer(&format!("{place}/$ref"));
    if let Some(shared) = shared.and_then(Value::as_str) {
        place = shared.trim_start_matches('#').to_owned();
    }
    let place = format!("{place}/content/application~1json/schema");
    let Some(answer_schema) = document.pointer(&place) else {
        panic!("the description has no `{method} {path}` with {status}");
    };
    // Under a name of its own, since a path with braces is no fragment of an address.
    let mut schema = document.clone();
    schema["answer"] = answer_schema.clone();
    schema["$ref"] = json!("#/answer");
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft4)
        .build(&schema)
        .unwrap();
    let fault = validator.validate(answer).err()?;
    Some(format!(
        "{method} {path} at `{}`: {fault}",
        fault.instance_path()
    ))
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type more.
fn plain(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(fields) => {
            fields.values_mut().for_each(plain);
            fields.remove("example");
            if fields.get("nullable") == Some(&json!(true)) {
                fields.remove("nullable");
                if let Some(kind @ Value::String(_)) = fields.get("type").cloned() {
                    fields.insert("type".to_owned(), json!([kind, "null"]));
                }
            }
        }
        _ => {}
    }
}
