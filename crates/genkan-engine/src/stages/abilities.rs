//! Whether the client can be asked what a call asks.

use genkan_core::{Code, Error, Result, call::Abilities};
use serde_json::{Map, Value, json};

/// Nothing may be asked that the client did not declare (MCP 2026-07-28, multi round-trip requests).
/// The error names everything that is missing.
pub(super) fn check(abilities: &Abilities, requests: &Map<String, Value>) -> Result<()> {
    let mut needed = Map::new();
    for request in requests.values() {
        match request["method"].as_str() {
            Some("sampling/createMessage") if !abilities.sampling => {
                needed.insert("sampling".into(), json!({}));
            }
            Some("roots/list") if !abilities.roots => {
                needed.insert("roots".into(), json!({}));
            }
            Some("elicitation/create") => {
                let (mode, able) = match request["params"]["mode"].as_str() {
                    Some("url") => ("url", abilities.elicitation_url),
                    _ => ("form", abilities.elicitation_form),
                };
                if !able {
                    let modes = needed.entry("elicitation").or_insert_with(|| json!({}));
                    modes[mode] = json!({});
                }
            }
            _ => {}
        }
    }
    if needed.is_empty() {
        return Ok(());
    }
    let message =
        "this call must ask its client something, and the client declared no way to do so";
    Err(Error::new(Code::MissingCapability, message)
        .data(json!({ "requiredCapabilities": needed })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_named() {
        let request = |method: &str, params: Value| json!({"method": method, "params": params});
        let requests = json!({
            "a": request("sampling/createMessage", json!({})),
            "b": request("elicitation/create", json!({"mode": "url"})),
            "c": request("elicitation/create", json!({"mode": "form"})),
            "d": request("roots/list", json!({})),
        });
        let able = Abilities {
            roots: true,
            ..Abilities::default()
        };
        let error = check(&able, requests.as_object().unwrap()).unwrap_err();
        let needed = json!({"sampling": {}, "elicitation": {"url": {}, "form": {}}});
        assert_eq!(error.data_value().unwrap()["requiredCapabilities"], needed);
        let all = Abilities {
            elicitation_form: true,
            elicitation_url: true,
            sampling: true,
            roots: true,
            tasks: true,
        };
        assert!(check(&all, requests.as_object().unwrap()).is_ok());
    }
}
