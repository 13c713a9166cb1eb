//! Arguments as records keep them: secrets hidden, long texts cut, the whole bounded.

use std::io::Write as _;

use genkan_core::{Outcome, Result, ToolOutput};
use serde_json::{Map, Value};

/// The longest text value that is kept whole, in bytes.
const TEXT: usize = 256;
/// The longest record of all arguments, in bytes.
const WHOLE: usize = 4 * 1024;
/// Parts of member names whose values are never kept.
const HIDDEN: [&str; 8] = [
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "authorization",
    "credential",
];

/// Writes the arguments as JSON text with secrets masked, also those of these names, and long values
/// cut. The result is at most a little over 4 KiB and always valid JSON.
pub(crate) fn masked(arguments: &Map<String, Value>, hidden: &[&str]) -> String {
    let mut text = Vec::with_capacity(256);
    object(&mut text, arguments, hidden);
    String::from_utf8(text).expect("BUG: JSON is written as UTF-8")
}

/// What a call answered, in the same form: the object of a tool, or the message of an error.
pub(crate) fn answer(result: &Result<Outcome>) -> String {
    let object = |output: &ToolOutput| {
        let raw = output.structured.as_ref()?;
        serde_json::from_str(raw.get()).ok()
    };
    match result {
        Ok(Outcome::Tool(output)) => {
            object(output).map_or_else(String::new, |object| masked(&object, &[]))
        }
        Ok(_) => String::new(),
        Err(error) => error.message().to_owned(),
    }
}

fn object(text: &mut Vec<u8>, members: &Map<String, Value>, hidden: &[&str]) {
    text.push(b'{');
    for (position, (name, value)) in members.iter().enumerate() {
        if position > 0 {
            text.push(b',');
        }
        if text.len() > WHOLE {
            let _ = write!(text, "\"…\":\"{} more\"", members.len() - position);
            break;
        }
        string(text, name);
        text.push(b':');
        if is_secret(name) || hidden.contains(&name.as_str()) {
            text.extend_from_slice(b"\"***\"");
        } else {
            any(text, value);
        }
    }
    text.push(b'}');
}

fn any(text: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(value) => string(text, value),
        Value::Array(items) => array(text, items),
        Value::Object(members) => object(text, members, &[]),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

fn array(text: &mut Vec<u8>, items: &[Value]) {
    text.push(b'[');
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.push(b',');
        }
        if text.len() > WHOLE {
            let _ = write!(text, "\"… {} more\"", items.len() - position);
            break;
        }
        any(text, item);
    }
    text.push(b']');
}

fn string(text: &mut Vec<u8>, value: &str) {
    let end = value.floor_char_boundary(TEXT);
    let (shown, cut) = value.split_at(end);
    serde_json::to_writer(&mut *text, shown).expect("BUG: any text is valid as a JSON string");
    if !cut.is_empty() {
        text.pop();
        let _ = write!(text, "… {} bytes more\"", cut.len());
    }
}

fn is_secret(name: &str) -> bool {
    HIDDEN.iter().any(|hidden| {
        name.len() >= hidden.len()
            && name
                .as_bytes()
                .windows(hidden.len())
                .any(|window| window.eq_ignore_ascii_case(hidden.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn shown(arguments: Value) -> String {
        masked(arguments.as_object().unwrap(), &[])
    }

    #[test]
    fn secrets_are_hidden_at_every_depth() {
        let text = shown(json!({"a": {"API_Key": "gk_1"}, "list": [{"newPassword": 7}], "b": 1}));
        assert_eq!(
            text,
            r#"{"a":{"API_Key":"***"},"list":[{"newPassword":"***"}],"b":1}"#
        );
    }

    #[test]
    fn long_values_are_cut_and_say_so() {
        let text = shown(json!({"content": "ä".repeat(1_000)}));
        assert!(text.ends_with("… 1744 bytes more\"}"), "{text}");
        let text = shown(json!({"list": vec!["x".repeat(200); 100_000]}));
        assert!(
            text.len() < 5_000 && text.contains(" more\"]"),
            "{}",
            text.len()
        );
    }

    proptest! {
        #[test]
        fn the_record_is_bounded_json(names in proptest::collection::vec("\\PC{0,300}", 0..50), value in "\\PC{0,2000}") {
            let arguments: Map<_, _> = names.into_iter().map(|name| (name, json!([value, {"x": value}]))).collect();
            let text = masked(&arguments, &[]);
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
            prop_assert!(text.len() < 12_000);
        }
    }
}
