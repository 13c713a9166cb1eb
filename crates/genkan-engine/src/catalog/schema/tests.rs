//! Schemas that are refused, and values that end quickly.
#![allow(
    clippy::disallowed_methods,
    reason = "how long it takes is what is tested"
)]

use std::time::{Duration, Instant};

use serde_json::{Map, json};

use super::*;

/// Far more than any of this takes, far less than what is refused would.
const QUICK: Duration = Duration::from_secs(20);

fn refusal(schema: &Value) -> String {
    let begun = Instant::now();
    let refused = compile("doc_make", "input", schema).unwrap_err();
    assert!(begun.elapsed() < QUICK);
    assert!(refused.message().starts_with("input schema of `doc_make`"));
    refused.message().to_owned()
}

#[test]
fn schemas_are_bounded_and_fetch_nothing() {
    let mut deep = json!({"type": "object"});
    for _ in 0..DEPTH {
        deep = json!({"not": deep});
    }
    let large = json!({"description": "x".repeat(BYTES)});
    let far = json!({"$ref": "https://schemas.example/a.json"});
    assert!(refusal(&deep).contains("more than 64 deep"));
    assert!(refusal(&large).contains("bytes"));
    assert!(refusal(&far).contains("schemas.example"));
    let near = json!({"$ref": "#/$defs/a", "$defs": {"a": {}}});
    assert!(compile("t", "input", &near).is_ok());
}

#[test]
fn another_dialect_is_refused_by_name_and_the_one_may_be_left_unsaid() {
    let of = |dialect: Value| json!({"$schema": dialect, "type": "object"});
    for other in [
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://schemas.example/own",
    ] {
        let message = refusal(&of(other.into()));
        assert!(message.contains(other), "{message}");
        assert!(message.contains(weight::DIALECT), "{message}");
    }
    assert!(refusal(&of(json!(7))).contains("dialect 7"));
    let within = json!({"properties": {"a": of("http://json-schema.org/draft-04/schema#".into())}});
    assert!(refusal(&within).contains("draft-04"));
    for fine in [
        json!({"type": "object"}),
        of(weight::DIALECT.into()),
        of(format!("{}#", weight::DIALECT).into()),
    ] {
        assert!(compile("t", "input", &fine).is_ok(), "{fine}");
    }
}

#[test]
fn a_catastrophic_pattern_ends_quickly() {
    let validator = compile(
        "t",
        "input",
        &json!({"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}),
    )
    .unwrap();
    let begun = Instant::now();
    let text = "a".repeat(1_000_000);
    assert!(validator.is_valid(&json!({ "a": text })));
    assert!(!validator.is_valid(&json!({ "a": format!("{text}!") })));
    assert!(begun.elapsed() < QUICK);
}

#[test]
fn a_pattern_that_cannot_be_matched_in_linear_time_or_is_huge_is_refused() {
    for pattern in ["(a)\\1", "(?=a)b", "((a{100}){100}){100}"] {
        let message = refusal(&json!({"type": "string", "pattern": pattern}));
        assert!(
            message.contains("regex") || message.contains("pattern"),
            "{message}"
        );
    }
}

#[test]
fn thousands_of_nested_choices_are_refused_quickly() {
    let mut nested = json!({"type": "string"});
    for _ in 0..1_000 {
        // Not with `json!`, which goes through what it is given again.
        let choices = vec![nested, json!({"type": "number"})];
        nested = Value::Object(Map::from_iter([("anyOf".to_owned(), choices.into())]));
    }
    assert!(refusal(&nested).contains("deep"));
}

/// Definitions of which each names the next one twice, as `make` says.
fn doubling(make: impl Fn(&str) -> Value) -> Value {
    let mut definitions = Map::new();
    for number in 0..20 {
        definitions.insert(
            format!("d{number}"),
            make(&format!("#/$defs/d{}", number + 1)),
        );
    }
    definitions.insert("d20".to_owned(), json!({"type": "string"}));
    json!({"$ref": "#/$defs/d0", "$defs": definitions})
}

#[test]
fn definitions_that_multiply_are_refused_quickly() {
    let here = doubling(|next| json!({"anyOf": [{"$ref": next}, {"$ref": next}]}));
    let below = doubling(|next| {
        let one = || json!({"properties": {"x": {"$ref": next}}});
        json!({"anyOf": [one(), one()]})
    });
    let own = json!({"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]});
    for schema in [here, below, own] {
        assert!(refusal(&schema).contains("again and again"));
    }
    assert!(refusal(&json!({"$ref": "#"})).contains("lead to each other"));
}

#[test]
fn trees_of_any_depth_are_fine_and_hold_what_is_in_them() {
    let tree = json!({
        "$id": "https://genkan.example/tree",
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "$anchor": "node",
                "type": "object",
                "properties": {"left": {"$ref": "#node"}, "right": {"$ref": "#/$defs/node"}, "name": {"type": "string"}},
                "additionalProperties": false,
            },
        },
    });
    let any = json!({"anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"$ref": "#"}},
        {"type": "object", "additionalProperties": {"$ref": "#"}},
    ]});
    let tree = compile("t", "input", &tree).unwrap();
    let any = compile("t", "input", &any).unwrap();
    let (mut value, mut wrong) = (json!({"name": "leaf"}), json!({"name": 1}));
    for _ in 0..60 {
        value = json!({"left": value.clone()});
        wrong = json!({"right": wrong});
    }
    assert!(tree.is_valid(&value) && !tree.is_valid(&wrong));
    assert!(any.is_valid(&value) && !any.is_valid(&wrong));
}
