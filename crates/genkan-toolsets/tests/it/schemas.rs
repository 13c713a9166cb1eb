//! What the definitions tell a client, and what the schemas refuse before a tool is asked.

use genkan_core::toolset::Effect;
use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::fixture::Knowledge;

const TOOLS: [&str; 26] = [
    "add_synonyms",
    "create_namespace",
    "create_scope",
    "delete_knowledge",
    "delete_namespace",
    "delete_scope",
    "dismiss_conflict",
    "export",
    "get_history",
    "get_namespaces",
    "get_search_analytics",
    "get_statistics",
    "get_task_context",
    "import",
    "inspect_conflict",
    "list_conflicts",
    "list_synonyms",
    "remove_synonyms",
    "resolve_knowledge_conflict",
    "restore_knowledge",
    "set_search_privacy",
    "undo_conflict",
    "update_knowledge",
    "update_namespace",
    "update_scope",
    "write_knowledge",
];

#[tokio::test]
async fn the_tools_are_defined() {
    let knowledge = Knowledge::open(&TestDb::sqlite()).await;
    let names: Vec<String> = knowledge
        .definitions()
        .iter()
        .map(|definition| definition.name.to_string())
        .collect();
    assert_eq!(names, TOOLS.map(|name| format!("knowledge_{name}")));
    for definition in knowledge.definitions() {
        let name = definition.name.as_str();
        let reads = name == "knowledge_export"
            || name.starts_with("knowledge_get_")
            || name.starts_with("knowledge_list_")
            || name.starts_with("knowledge_inspect_");
        assert_eq!(definition.effect.is_read_only(), reads, "{name}");
        assert_eq!(
            definition.effect == Effect::Adds,
            ["_create_", "_write_", "_add_"]
                .iter()
                .any(|verb| name.contains(verb)),
            "{name}"
        );
        assert_eq!(
            definition.permission.to_string(),
            if reads || name == "knowledge_set_search_privacy" {
                "knowledge.read"
            } else {
                "knowledge.write"
            }
        );
        assert!(
            (10..=40).contains(&definition.title.len()),
            "{name}: {}",
            definition.title
        );
        assert!(
            (20..=250).contains(&definition.description.len()),
            "{name}: {}",
            definition.description
        );
    }
}

#[tokio::test]
async fn schemas_are_short_closed_and_in_one_piece() {
    let knowledge = Knowledge::open(&TestDb::sqlite()).await;
    for definition in knowledge.definitions() {
        let name = &definition.name;
        let input = &definition.input_schema;
        assert_eq!(input["type"], "object", "{name}");
        assert_eq!(input["additionalProperties"], false, "{name}");
        let output = definition.output_schema.as_ref().unwrap();
        assert_eq!(output["type"], "object", "{name}");
        for schema in [input, output] {
            assert!(
                jsonschema::draft202012::meta::is_valid(schema),
                "{name}: {schema}"
            );
            let text = schema.to_string();
            assert!(text.len() < 1200, "{name}: {text}");
            for word in ["$ref", "$defs", "$schema", "\"title\"", "null"] {
                // One argument may be cleared.
                let is_meant = word == "null" && name.as_str() == "knowledge_update_knowledge";
                assert!(
                    is_meant || !text.contains(word),
                    "{name} has {word}: {text}"
                );
            }
        }
    }
}

/// Arguments that each tool takes.
pub(crate) fn good(tool: &str) -> Value {
    match tool {
        "create_namespace" => json!({"name": "team", "description": "Our team"}),
        "create_scope" => {
            json!({"scope": "team:api", "description": "The API", "parents": ["team:base"]})
        }
        "add_synonyms" | "remove_synonyms" => json!({"word": "genkan", "synonyms": ["entrance"]}),
        "inspect_conflict" => json!({"ids": ["x", "y"]}),
        "list_conflicts" => json!({"id": "x", "scope": "team:api"}),
        "dismiss_conflict" => json!({"id": "x", "other_ids": ["y"]}),
        "get_statistics" | "get_search_analytics" => {
            json!({"namespace": "team", "scope": "team:api", "days": 7})
        }
        "set_search_privacy" => json!({"private": true}),
        "undo_conflict" => json!({"suppressed_ids": ["x"]}),
        "list_synonyms" => json!({"word": "genkan"}),
        "delete_knowledge" => json!({"id": "x"}),
        "delete_namespace" => json!({"name": "team"}),
        "delete_scope" => json!({"scope": "team:api"}),
        "export" => json!({"scope": "team:api", "cursor": "0::0"}),
        "get_history" => json!({"id": "x"}),
        "restore_knowledge" => json!({"id": "x", "version": 1}),
        "import" => {
            json!({"scope": "team:api", "entries": [{"context": "a b", "content": "c"}], "dry_run": false})
        }
        "get_namespaces" => json!({"namespace": "team", "style": "details"}),
        "get_task_context" => {
            json!({"queries": ["a b", ["a", "b"]], "scope": "team:api", "task_size": "M"})
        }
        "resolve_knowledge_conflict" => json!({"active_id": "x", "suppressed_ids": ["y"]}),
        "update_knowledge" => {
            json!({"id": "x", "content": "c", "context": "a", "scope": "team:api", "task_size": "XL"})
        }
        "update_namespace" => {
            json!({"name": "team", "new_name": "crew", "description": "Our crew"})
        }
        "update_scope" => {
            json!({"scope": "team:api", "new_scope": "team:rest", "description": "REST", "parents": ["team:base"]})
        }
        "write_knowledge" => {
            json!({"content": "c", "context": ["a", "b"], "scope": "team:api", "task_size": "XS"})
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn schemas_refuse_wrong_types_and_missing_and_unknown_arguments() {
    let knowledge = Knowledge::open(&TestDb::sqlite()).await;
    for definition in knowledge.definitions() {
        let tool = definition.name.as_str().strip_prefix("knowledge_").unwrap();
        let good = good(tool);
        assert!(knowledge.schema_takes(tool, &good), "{tool} {good}");
        for name in good.as_object().unwrap().keys() {
            for wrong in [
                json!(null),
                json!(7),
                json!(true),
                json!({"a": "b"}),
                json!([[["deep"]]]),
                json!([3]),
            ] {
                let clears =
                    wrong.is_null() && (tool, name.as_str()) == ("update_knowledge", "task_size");
                let is_like_it = clears
                    || (wrong.is_number() && good[name].is_number())
                    || (wrong.is_boolean() && good[name].is_boolean());
                if is_like_it {
                    continue;
                }
                let mut arguments = good.clone();
                arguments[name] = wrong.clone();
                assert!(
                    !knowledge.schema_takes(tool, &arguments),
                    "{tool}.{name} takes {wrong}"
                );
            }
            let mut arguments = good.clone();
            arguments.as_object_mut().unwrap().remove(name);
            let required = definition.input_schema["required"]
                .as_array()
                .is_some_and(|all| all.contains(&json!(name)));
            assert_eq!(
                knowledge.schema_takes(tool, &arguments),
                !required,
                "{tool} without {name}"
            );
        }
        let mut arguments = good;
        arguments["surprise"] = json!("x");
        assert!(
            !knowledge.schema_takes(tool, &arguments),
            "{tool} takes an unknown argument"
        );
    }
    for size in ["XXL", "m", "", "medium"] {
        let arguments = json!({"queries": [], "scope": "global:default", "task_size": size});
        assert!(
            !knowledge.schema_takes("get_task_context", &arguments),
            "{size}"
        );
    }
    assert!(!knowledge.schema_takes("get_namespaces", &json!({"style": "verbose"})));
}
