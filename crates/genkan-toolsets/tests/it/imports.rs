//! Import and export through an MCP client: what is there already stays, one fault leaves the rest alone.

use genkan_core::Role;
use genkan_testkit::{McpClient, TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{done, entry, scope, team};

async fn import(client: &McpClient, entries: Value, dry_run: bool) -> Value {
    let arguments = json!({"scope": "team:shop", "entries": entries, "dry_run": dry_run});
    done(client, "import", arguments).await
}

fn counts(answer: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "failed"].map(|name| answer[name].as_u64().unwrap())
}

async fn export(client: &McpClient, scope: &str) -> Vec<Value> {
    let (mut all, mut arguments) = (Vec::new(), json!({"scope": scope}));
    loop {
        let page = done(client, "export", arguments.clone()).await;
        all.extend(page["entries"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => arguments["cursor"] = json!(next),
            None => return all,
        }
    }
}

#[tokio::test]
async fn importing_again_changes_nothing_and_what_differs_is_told() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let one = json!({"key": "a.md#x", "context": "deploy release", "content": "On Tuesdays.\nAlways."});
        let two = json!({"key": "a.md#y", "context": ["style"], "content": "Write plainly.", "task_size": "S"});
        let dry = import(&client, json!([one, two]), true).await;
        assert_eq!(counts(&dry), [2, 0, 0, 0]);
        assert!(export(&client, "team:shop").await.is_empty(), "a dry run stores nothing");
        let first = import(&client, json!([one, two]), false).await;
        assert_eq!((counts(&first), &first["results"]), ([2, 0, 0, 0], &dry["results"]));
        let again = import(&client, json!([two, one]), false).await;
        assert_eq!(counts(&again), [0, 0, 2, 0]);
        let other = json!({"key": "a.md#x", "context": "deploy", "content": "On Fridays.\nAlways.", "task_size": "L"});
        let changed = import(&client, json!([other]), false).await;
        assert_eq!(counts(&changed), [0, 1, 0, 0]);
        assert_eq!(changed["results"][0]["changes"], json!(["content (+1 -1 lines)", "context", "task_size"]));
        assert_eq!(changed["results"][0]["id"], first["results"][0]["id"]);
        let queries = json!({"scope": "team:shop", "queries": ["deploy fridays"]});
        let found = done(&client, "get_task_context", queries).await;
        assert_eq!(found["ranking"].as_array().unwrap().len(), 1, "{found}");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_refused_entry_leaves_the_others_alone() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let id = "0199a3f0-1111-7abc-8def-0123456789ab";
        let entries = json!([
            {"context": "fine", "content": "Fine."},
            {"context": "x", "content": "A keyword that is too short."},
            {"context": "fine", "content": "  "},
            {"id": "1; DROP TABLE", "context": "fine", "content": "No id."},
            {"id": id, "context": "fine", "content": "With an id."},
            {"context": "fine", "content": "x", "suppressed_by": "nobody"},
        ]);
        let answer = import(&client, entries, false).await;
        assert_eq!(counts(&answer), [2, 0, 0, 4], "{answer:#}");
        for (place, says) in [
            (1, "2–32"),
            (2, "is empty"),
            (3, "not the id"),
            (5, "suppressed_by"),
        ] {
            let error = answer["results"][place]["error"].as_str().unwrap();
            assert!(error.contains(says), "{error}");
        }
        assert_eq!(answer["results"][4]["id"], id);
        let many: Vec<_> = (0..201)
            .map(|n| json!({"context": "many", "content": format!("{n}")}))
            .collect();
        for (arguments, code) in [
            (
                json!({"scope": "team:gone", "entries": [{"context": "fine", "content": "Fine."}]}),
                "no_such_item",
            ),
            (
                json!({"scope": "team:shop", "entries": []}),
                "invalid_arguments",
            ),
            (
                json!({"scope": "team:shop", "entries": many}),
                "invalid_arguments",
            ),
        ] {
            let answer = client.call("knowledge_import", arguments).await;
            assert_eq!(answer.code().as_deref(), Some(code));
        }
        let viewer = client.with_key(app.key(Role::Viewer).await);
        let answer = viewer
            .call(
                "knowledge_import",
                json!({"scope": "team:shop", "entries": [], "dry_run": true}),
            )
            .await;
        assert_eq!(answer.code().as_deref(), Some("unknown_tool"));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_twice_in_one_import_is_one_entry() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let entry =
            |key: &str, content: &str| json!({"key": key, "context": "tide", "content": content});
        let entries = json!([
            entry("a", "First words."),
            entry("b", "Others."),
            entry("a", "Second words."),
            entry("a", "Second words."),
        ]);
        assert_eq!(counts(&import(&client, entries, false).await), [2, 1, 1, 0]);
        for (query, hits) in [("first", 0), ("second", 1), ("tide", 2)] {
            let queries = json!({"scope": "team:shop", "queries": [query]});
            let found = done(&client, "get_task_context", queries).await;
            assert_eq!(found["ranking"].as_array().unwrap().len(), hits, "{query}");
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_exported_makes_the_same_scope_elsewhere() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let winner = entry(&client, "team:shop", "deploy release", "On Tuesdays.").await;
        let loser = entry(&client, "team:shop", "deploy friday", "On Fridays.").await;
        entry(&client, "team:shop", "large", &"é\u{1}\"\n".repeat(60_000)).await;
        let settled = json!({"active_id": winner, "suppressed_ids": [loser]});
        done(&client, "resolve_knowledge_conflict", settled).await;
        let exported = export(&client, "team:shop").await;
        assert!(exported.len() > 3, "a large content comes in pieces");
        let mut entries: Vec<Value> = Vec::new();
        let mut goes_on = false;
        for mut piece in exported.clone() {
            let continues = piece["continues"] == true;
            piece.as_object_mut().unwrap().remove("continues");
            match entries.last_mut().filter(|_| goes_on) {
                Some(entry) => {
                    entry["content"] = json!(format!(
                        "{}{}",
                        entry["content"].as_str().unwrap(),
                        piece["content"].as_str().unwrap()
                    ))
                }
                None => entries.push(piece),
            }
            goes_on = continues;
        }
        assert_eq!(
            (entries.len(), &entries[2]["suppressed_by"]),
            (3, &json!(winner))
        );
        done(&client, "delete_scope", json!({"scope": "team:shop"})).await;
        scope(&client, "team:shop").await;
        assert_eq!(
            counts(&import(&client, json!(entries), false).await),
            [3, 0, 0, 0]
        );
        assert_eq!(export(&client, "team:shop").await, exported);
        let queries = json!({"scope": "team:shop", "queries": ["friday"]});
        let found = done(&client, "get_task_context", queries).await;
        assert_eq!(found["ranking"], json!([]), "what lost stays lost");
        // Into another scope it is a copy, however often.
        scope(&client, "team:copy").await;
        let copy = json!({"scope": "team:copy", "entries": [entries[0]]});
        assert_eq!(
            counts(&done(&client, "import", copy.clone()).await),
            [1, 0, 0, 0]
        );
        assert_eq!(counts(&done(&client, "import", copy).await), [0, 0, 1, 0]);
        assert_eq!(export(&client, "team:shop").await, exported);
        for cursor in ["", "x", "0:0", "-1::0", "0:'; --:0"] {
            let answer = client
                .call(
                    "knowledge_export",
                    json!({"scope": "team:shop", "cursor": cursor}),
                )
                .await;
            assert_eq!(
                answer.code().as_deref(),
                Some("invalid_cursor"),
                "{cursor:?}"
            );
        }
        app.stop().await;
    })
    .await;
}
