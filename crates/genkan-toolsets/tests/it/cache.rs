//! Answers that are kept: the same as fresh ones, and gone as soon as something in the line is another.

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::fixture::Knowledge;

/// What a house that keeps answers says, and whether it had kept this one: a fresh search weighs words by
/// all entries of the tenant, so that one more elsewhere moves its scores; a kept answer stays.
async fn asked(house: &Knowledge, scope: &str) -> Value {
    house
        .ok(
            "get_task_context",
            json!({"scope": scope, "queries": ["deploy tuesday"]}),
        )
        .await
}

/// A change that shifts the scores of every fresh search, and outdates none of `team:shop`.
async fn shift(house: &Knowledge, number: usize) {
    house
        .entry(
            "other:default",
            "deploy",
            &format!("Deploy number {number}, elsewhere."),
        )
        .await;
}

#[tokio::test]
async fn a_write_in_the_line_outdates_dependants_alone_in_every_process() {
    TestDb::each(async |database| {
        let house = Knowledge::open_with(&database, true).await;
        // Another process on the same database, with a cache of its own, and one without.
        let other = Knowledge::open_with(&database, true).await;
        let fresh = Knowledge::open(&database).await;
        for name in ["team", "other"] {
            house.namespace(name).await;
        }
        house.scope("team:base", &[]).await;
        house.scope("team:shop", &["team:base"]).await;
        let id = house.entry("team:base", "deploy tuesday", "We deploy on Tuesdays.").await;
        let far = house.entry("global:default", "deploy", "Deploy with care.").await;
        let mut number = 0;
        let mut is_kept = async |scope: &str| {
            let kept = asked(&house, scope).await;
            assert_eq!(asked(&other, scope).await["ranking"].as_array().unwrap().len(), kept["ranking"].as_array().unwrap().len());
            number += 1;
            shift(&fresh, number).await;
            let is_kept = asked(&house, scope).await == kept;
            assert_ne!(asked(&fresh, scope).await, kept, "scores have moved");
            is_kept
        };
        assert!(is_kept("team:shop").await, "what is written in no scope of the line outdates nothing");
        for (tool, arguments) in [
            ("update_knowledge", json!({"id": id, "content": "We deploy on Tuesdays alone."})),
            ("write_knowledge", json!({"scope": "global:default", "context": "deploy", "content": "Deploy, and ship it slowly."})),
            ("update_knowledge", json!({"id": far, "scope": "team:shop"})),
            ("resolve_knowledge_conflict", json!({"active_id": id, "suppressed_ids": [far]})),
            ("undo_conflict", json!({"suppressed_ids": [far]})),
            ("restore_knowledge", json!({"id": id, "version": 1})),
            ("import", json!({"scope": "team:base", "entries": [{"context": "deploy", "content": "Imported."}]})),
            ("delete_knowledge", json!({"id": far})),
            ("add_synonyms", json!({"word": "deploy", "synonyms": ["ship"]})),
            ("remove_synonyms", json!({"word": "deploy", "synonyms": ["ship"]})),
            ("update_scope", json!({"scope": "team:base", "new_scope": "team:ground"})),
            ("update_scope", json!({"scope": "team:shop", "parents": []})),
            ("update_scope", json!({"scope": "team:shop", "parents": ["team:ground", "global:default"]})),
            ("delete_scope", json!({"scope": "team:ground"})),
        ] {
            assert!(is_kept("team:shop").await, "before {tool}");
            fresh.ok(tool, arguments.clone()).await;
            let expected = asked(&fresh, "team:shop").await;
            assert_eq!(asked(&house, "team:shop").await, expected, "{tool} {arguments}");
            assert_eq!(asked(&other, "team:shop").await, expected, "{tool} {arguments}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_otherwise_or_elsewhere_is_another_answer() {
    TestDb::each(async |database| {
        let house = Knowledge::open_with(&database, true).await;
        house.namespace("team").await;
        let small = json!({"scope": "team:default", "context": "deploy", "content": "Small.", "task_size": "S"});
        house.ok("write_knowledge", small).await;
        let found = async |tenant: &str, request: Value| {
            let answer = house.call_as(tenant, "get_task_context", request).await.unwrap();
            answer["ranking"].as_array().unwrap().len()
        };
        for _ in 0..2 {
            let queries = json!(["deploy"]);
            assert_eq!(found("default", json!({"scope": "team:default", "queries": queries})).await, 1);
            assert_eq!(found("default", json!({"scope": "team:default", "queries": queries, "task_size": "S"})).await, 1);
            assert_eq!(found("default", json!({"scope": "team:default", "queries": queries, "task_size": "L"})).await, 0);
            assert_eq!(found("default", json!({"scope": "team:default", "queries": ["deploys", "x"]})).await, 1);
            assert_eq!(found("default", json!({"scope": "global:default", "queries": queries})).await, 0);
            assert_eq!(found("other", json!({"scope": "global:default", "queries": queries})).await, 0);
        }
        let told = house.ok("get_search_analytics", json!({"scope": "team:default"})).await;
        assert_eq!(told["searches"], 8, "kept answers count as searches");
    })
    .await;
}
