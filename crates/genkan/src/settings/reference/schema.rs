//! `docs/reference/settings.schema.json`: the settings file as editors check it while it is written.

use serde_json::{Map, Value, json};

use super::{example, same, uncommented};
use crate::settings::{Key, Realm, keys};

/// Stands for the name of an organisation.
const ANY: &str = "any";

/// A JSON Schema of draft 7, which editors of TOML understand.
fn schema() -> String {
    let mut whole = section("The settings of Genkan.");
    whole["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    whole["title"] = "genkan.toml".into();
    for key in [keys(), Realm::keys(ANY)].concat() {
        let mut place = &mut whole;
        let mut names: Vec<_> = key.path.split('.').collect();
        let last = names.pop().unwrap();
        for name in names {
            let sections = place["properties"].as_object_mut().unwrap();
            let below = sections.entry(name).or_insert_with(|| section(""));
            place = below;
        }
        place["properties"][last] = value(&key);
    }
    // An organisation has any name.
    let realms = &mut whole["properties"]["zulip"]["properties"]["realms"];
    let realm = realms["properties"].as_object_mut().unwrap().remove(ANY);
    realms["additionalProperties"] = realm.unwrap();
    serde_json::to_string_pretty(&whole).unwrap() + "\n"
}

fn section(about: &str) -> Value {
    let mut section = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": Map::new(),
    });
    if !about.is_empty() {
        section["description"] = about.into();
    }
    section
}

fn value(key: &Key) -> Value {
    let mut value = match key.kind {
        "true or false" => json!({ "type": "boolean" }),
        "a whole number from 1 to 100" => {
            json!({ "type": "integer", "minimum": 1, "maximum": 100 })
        }
        "text or json" => json!({ "enum": ["text", "json"] }),
        "off, basic or full" => json!({ "enum": ["off", "basic", "full"] }),
        "off, ngrams or model" => json!({ "enum": ["off", "ngrams", "model"] }),
        kind if kind.starts_with("a whole number") => json!({ "type": "integer", "minimum": 1 }),
        kind if kind.starts_with("a list") => {
            json!({ "type": "array", "items": { "type": "string" } })
        }
        _ => json!({ "type": "string" }),
    };
    value["description"] = super::paragraph(key.about).into();
    if let Some(default) = key.default {
        let is_text = value["type"] == "string" || value["enum"].is_array();
        value["default"] = match is_text {
            true => default.into(),
            false => serde_json::from_str(default).unwrap(),
        };
    }
    value
}

#[test]
fn the_schema_of_the_reference_is_up_to_date() {
    same("docs/reference/settings.schema.json", &schema());
}

#[test]
fn the_schema_takes_the_example_and_refuses_what_is_wrong() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let fits = |text: &str| schema.is_valid(&toml::from_str::<Value>(text).unwrap());
    assert!(fits(&uncommented(&example())));
    for wrong in [
        "[server]\nbnid = \"x\"",
        "[serverr]\n",
        "[limits]\njson_depth = 101",
        "[limits]\ncalls_per_minute = 0",
        "[log]\nformat = \"xml\"",
        "[zulip.realms.acme]\nsiet = \"x\"",
        "[mcp.quirks]\nsession_id = \"yes\"",
        "[server]\nallowed_hosts = \"x\"",
    ] {
        assert!(!fits(wrong), "{wrong}");
    }
}
