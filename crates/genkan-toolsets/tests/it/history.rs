//! What an entry was before, and that it can be so again; and that moves and renames lose nothing.

use std::collections::BTreeSet;

use genkan_testkit::{TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{done, entry, scope, team};

#[tokio::test]
async fn each_change_is_remembered_with_who_and_when_and_can_be_undone() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        scope(&client, "team:other").await;
        let id = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        let history =
            async || done(&client, "get_history", json!({"id": id})).await["versions"].clone();
        assert_eq!(
            history().await,
            json!([]),
            "nothing was before the first text"
        );
        done(
            &client,
            "update_knowledge",
            json!({"id": id, "content": "On Fridays.", "task_size": "L"}),
        )
        .await;
        done(
            &client,
            "update_knowledge",
            json!({"id": id, "scope": "team:other"}),
        )
        .await;
        done(
            &client,
            "update_knowledge",
            json!({"id": id, "context": "deploy friday"}),
        )
        .await;
        let versions = history().await;
        let shown: Vec<_> = versions
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                (
                    one["version"].as_i64().unwrap(),
                    one["content"].as_str().unwrap(),
                    one["scope"].as_str().unwrap(),
                )
            })
            .collect();
        let expected = [
            (3, "On Fridays.", "team:other"),
            (2, "On Fridays.", "team:shop"),
            (1, "On Tuesdays.", "team:shop"),
        ];
        assert_eq!(shown, expected);
        assert!(
            versions[0]["changed_by"].as_str().unwrap().len() > 3,
            "{versions}"
        );
        assert!(
            versions[0]["changed_at"].as_str().unwrap().ends_with('Z'),
            "{versions}"
        );
        assert_eq!(versions[0]["task_size"], "L");

        let restored = done(
            &client,
            "restore_knowledge",
            json!({"id": id, "version": 1}),
        )
        .await;
        assert_eq!(restored, json!({"id": id, "scope": "team:other"}));
        let queries = json!({"scope": "team:other", "queries": ["deploy tuesdays"]});
        let found = done(&client, "get_task_context", queries).await;
        assert_eq!(found["team:other"][&id], "On Tuesdays.");
        assert_eq!(history().await[0]["content"], "On Fridays.");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn versions_that_are_not_there_are_refused() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let id = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        for (tool, arguments, code) in [
            (
                "restore_knowledge",
                json!({"id": id, "version": 9}),
                "no_such_item",
            ),
            (
                "restore_knowledge",
                json!({"id": id, "version": -1}),
                "no_such_item",
            ),
            (
                "restore_knowledge",
                json!({"id": "x", "version": 1}),
                "no_such_item",
            ),
            ("get_history", json!({"id": "'; --"}), "no_such_item"),
        ] {
            let answer = client
                .call(&format!("knowledge_{tool}"), arguments.clone())
                .await;
            assert_eq!(answer.code().as_deref(), Some(code), "{tool} {arguments}");
        }
        done(&client, "delete_knowledge", json!({"id": id})).await;
        let answer = client
            .call("knowledge_get_history", json!({"id": id}))
            .await;
        assert_eq!(
            answer.code().as_deref(),
            Some("no_such_item"),
            "what is deleted is gone"
        );
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn only_the_latest_fifty_versions_are_kept() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let id = entry(&client, "team:shop", "deploy", "Text 0.").await;
        for number in 1..=53 {
            done(
                &client,
                "update_knowledge",
                json!({"id": id, "content": format!("Text {number}.")}),
            )
            .await;
        }
        let versions = done(&client, "get_history", json!({"id": id})).await["versions"].clone();
        let numbers: Vec<i64> = versions
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["version"].as_i64().unwrap())
            .collect();
        assert_eq!((numbers.len(), numbers[0], numbers[49]), (50, 53, 4));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn moves_and_renames_under_load_keep_every_reference() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let child =
            json!({"scope": "team:child", "description": "A child", "parents": ["team:shop"]});
        done(&client, "create_scope", child).await;
        let mut ids = BTreeSet::new();
        for number in 0..40 {
            ids.insert(
                entry(
                    &client,
                    "team:shop",
                    "common word",
                    &format!("Number {number}."),
                )
                .await,
            );
        }
        let all: Vec<&String> = ids.iter().collect();
        let renaming = async {
            for (from, to) in [("shop", "store"), ("store", "shop")].repeat(10) {
                let renamed =
                    json!({"scope": format!("team:{from}"), "new_scope": format!("team:{to}")});
                done(&client, "update_scope", renamed).await;
            }
        };
        let moving = async {
            for id in &all {
                for to in ["team:child", "team:default"] {
                    done(&client, "update_knowledge", json!({"id": id, "scope": to})).await;
                }
            }
        };
        let reading = async {
            for _ in 0..40 {
                let queries = json!({"scope": "team:child", "queries": ["common word"]});
                let found = done(&client, "get_task_context", queries).await;
                let ranking = found["ranking"].as_array().unwrap();
                let found: BTreeSet<String> = ranking
                    .iter()
                    .map(|one| one["id"].as_str().unwrap().to_owned())
                    .collect();
                assert_eq!(
                    found, ids,
                    "every state has every entry in the line of the child"
                );
            }
        };
        tokio::join!(renaming, moving, reading);
        let details = done(&client, "get_namespaces", json!({"style": "details"})).await;
        assert_eq!(
            details["namespaces"]["team"]["scopes"]["team:child"]["parents"],
            json!(["team:shop"])
        );
        for id in &all {
            let history = done(&client, "get_history", json!({"id": id})).await;
            let scopes: Vec<&Value> = history["versions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| &one["scope"])
                .collect();
            assert_eq!(scopes, ["team:child", "team:shop"], "{history}");
        }
        app.stop().await;
    })
    .await;
}
