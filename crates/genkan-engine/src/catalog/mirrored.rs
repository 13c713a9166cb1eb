//! Arguments that a client repeats in headers (`x-mcp-header`, MCP 2026-07-28 transports, custom
//! headers from tool parameters). The headers decide nothing; they have to agree.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::{Code, Error, Result};
use serde_json::{Map, Value};

/// One argument of a tool that is repeated in a header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mirrored {
    /// The header's name after `mcp-param-`, in lower case.
    name: String,
    /// Where the argument is.
    path: Vec<String>,
}

/// Finds the mirrored arguments of an input schema. What clients would have to refuse is a fault of
/// whoever made the tool.
pub(crate) fn read(schema: &Value) -> Result<Vec<Mirrored>> {
    let mut found = Vec::new();
    walk(schema, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Mirrored>) -> Result<()> {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (property, inner) in properties.into_iter().flatten() {
        path.push(property.clone());
        if let Some(header) = inner.get("x-mcp-header") {
            let name = name_of(header, inner)?;
            if found.iter().any(|other| other.name == name) {
                return Err(fault(&name, "names two arguments"));
            }
            found.push(Mirrored {
                name,
                path: path.clone(),
            });
        }
        walk(inner, path, found)?;
        path.pop();
    }
    Ok(())
}

fn name_of(header: &Value, property: &Value) -> Result<String> {
    let name = header.as_str().unwrap_or_default();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(fault(name, "is not a name of a header"));
    }
    match property["type"].as_str() {
        Some("string" | "integer" | "boolean") => Ok(name.to_ascii_lowercase()),
        _ => Err(fault(name, "stands at no string, integer or boolean")),
    }
}

fn fault(name: &str, what: &str) -> Error {
    Error::internal(format!("`x-mcp-header` `{name}` {what}"))
}

/// Holds the headers against the arguments: each stands where its argument does, and says the same.
pub(crate) fn check(
    mirrored: &[Mirrored],
    told: &[(String, String)],
    arguments: &Map<String, Value>,
) -> Result<()> {
    for one in mirrored {
        let (first, rest) = one.path.split_first().expect("BUG: a path has a property");
        let start = arguments.get(first);
        let value = rest
            .iter()
            .try_fold(start, |value, name| Some(value?.get(name)))
            .flatten()
            .filter(|value| !value.is_null());
        let header = told.iter().find(|(name, _)| *name == one.name);
        let agree = match (value, header) {
            (None, None) => true,
            (Some(value), Some((_, text))) => says(text, value),
            _ => false,
        };
        if !agree {
            return Err(Error::new(
                Code::HeaderMismatch,
                format!(
                    "the header `mcp-param-{}` differs from `params.arguments.{}`",
                    one.name,
                    one.path.join(".")
                ),
            ));
        }
    }
    Ok(())
}

/// Whether a header's text says the value. Integers are compared as numbers.
fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::String(value) => decoded(text).is_some_and(|text| text == *value),
        Value::Bool(value) => text == if *value { "true" } else { "false" },
        Value::Number(value) => match (text.parse::<i64>(), value.as_i64()) {
            (Ok(told), Some(value)) => told == value,
            _ => text.parse::<f64>().ok() == value.as_f64(),
        },
        // Refused by the schema.
        Value::Null | Value::Array(_) | Value::Object(_) => true,
    }
}

fn decoded(text: &str) -> Option<String> {
    let encoded = text
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    match encoded {
        None => Some(text.to_owned()),
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).ok()?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        let deep = json!({"type": "object", "properties": {"n": {"type": "integer", "x-mcp-header": "N"}}});
        json!({"type": "object", "properties": {
            "s": {"type": "string", "x-mcp-header": "S"},
            "deep": deep,
        }})
    }

    #[test]
    fn headers_stand_where_arguments_do_and_say_the_same() {
        let mirrored = read(&schema()).unwrap();
        let table = [
            (json!({}), vec![], true),
            (json!({"s": null}), vec![], true),
            (json!({"s": "a"}), vec![("s", "a")], true),
            (json!({"s": "ä"}), vec![("s", "=?base64?w6Q=?=")], true),
            (json!({"deep": {"n": 42}}), vec![("n", "42")], true),
            (json!({"deep": {"n": 42}}), vec![("n", "42.0")], true),
            (json!({"s": "a"}), vec![], false),
            (json!({"s": "a"}), vec![("s", "b")], false),
            (json!({"s": "ä"}), vec![("s", "=?base64?!?=")], false),
            (json!({}), vec![("s", "a")], false),
            (json!({"s": null}), vec![("s", "")], false),
            (json!({"deep": {"n": 42}}), vec![("n", "x")], false),
            (json!({}), vec![("unknown", "x")], true),
        ];
        for (arguments, told, agree) in table {
            let told: Vec<_> = told
                .into_iter()
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect();
            let checked = check(&mirrored, &told, arguments.as_object().unwrap());
            assert_eq!(checked.is_ok(), agree, "{arguments} {told:?}");
        }
    }

    #[test]
    fn names_that_clients_refuse_are_faults() {
        let table = [
            json!({"a": {"type": "string", "x-mcp-header": ""}}),
            json!({"a": {"type": "string", "x-mcp-header": "a b"}}),
            json!({"a": {"type": "string", "x-mcp-header": 1}}),
            json!({"a": {"type": "number", "x-mcp-header": "A"}}),
            json!({"a": {"type": "string", "x-mcp-header": "A"}, "b": {"type": "string", "x-mcp-header": "a"}}),
        ];
        for properties in table {
            assert!(
                read(&json!({"properties": properties})).is_err(),
                "{properties}"
            );
        }
    }
}
