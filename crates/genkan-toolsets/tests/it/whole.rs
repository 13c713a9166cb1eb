//! Every tool of the toolset answers an MCP client. The list is that of the server, so that a tool
//! without a line here fails.

use std::{cell::RefCell, collections::BTreeSet};

use genkan_testkit::{McpClient, TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{ask, done, team};

/// A client, and which tools it has called.
struct Asking {
    client: McpClient,
    called: RefCell<BTreeSet<String>>,
}

impl Asking {
    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.called.borrow_mut().insert(format!("knowledge_{tool}"));
        done(&self.client, tool, arguments).await
    }

    async fn write(&self, content: &str) -> Value {
        let entry =
            json!({"scope": "team:shop", "context": "release rollback", "content": content});
        self.ok("write_knowledge", entry).await
    }

    async fn finds(&self, query: &str) -> Vec<Value> {
        let queries = json!({"scope": "team:shop", "queries": [query]});
        let found = self.ok("get_task_context", queries).await;
        let ranking = found["ranking"].as_array().unwrap().iter();
        ranking.map(|place| place["id"].clone()).collect()
    }
}

async fn structure(asking: &Asking) {
    let namespace = json!({"name": "gone", "description": "Soon gone"});
    asking.ok("create_namespace", namespace).await;
    let renamed = json!({"name": "gone", "new_name": "left"});
    asking.ok("update_namespace", renamed).await;
    let scope = json!({"scope": "left:part", "description": "A part"});
    asking.ok("create_scope", scope).await;
    let moved = json!({"scope": "left:part", "new_scope": "left:piece"});
    asking.ok("update_scope", moved).await;
    let none = asking
        .ok("delete_scope", json!({"scope": "left:piece"}))
        .await;
    assert_eq!(none, json!({"entries": 0}));
    let counts = asking.ok("delete_namespace", json!({"name": "left"})).await;
    assert_eq!(counts, json!({"scopes": 1, "entries": 0}));
    let all = asking.ok("get_namespaces", json!({"style": "long"})).await;
    assert!(
        all["namespaces"]["team"]["scopes"]["team:shop"].is_object(),
        "{all}"
    );
}

async fn conflicts(asking: &Asking) {
    let [tuesday, wednesday, thursday] = ["Tuesdays", "Wednesdays", "Thursdays"]
        .map(|day| format!("Releases of the shop go out on {day}."));
    let first = asking.write(&tuesday).await["id"].clone();
    let second = asking.write(&wednesday).await;
    assert_eq!(second["conflicts"][0]["id"], first);
    let second = second["id"].clone();
    let pair = json!({"id": first, "other_ids": [second]});
    asking.ok("dismiss_conflict", pair).await;
    let third = asking.write(&thursday).await["id"].clone();
    let listed = asking.ok("list_conflicts", json!({"id": first})).await;
    assert_eq!(listed["dismissed"].as_array().unwrap().len(), 1, "{listed}");
    let sides = asking
        .ok("inspect_conflict", json!({"ids": [first, third]}))
        .await;
    assert_eq!(sides["entries"][1]["content"], thursday.as_str());
    let settled = json!({"active_id": third, "suppressed_ids": [first, second]});
    asking.ok("resolve_knowledge_conflict", settled).await;
    assert_eq!(asking.finds("release").await, [third]);
    let undone = json!({"suppressed_ids": [first]});
    asking.ok("undo_conflict", undone).await;
    assert_eq!(asking.finds("release").await.len(), 2);
}

async fn texts(asking: &Asking) {
    let id = asking.write("Ask Ann about invoices.").await["id"].clone();
    let change = json!({"id": id, "content": "Ask Bob about invoices."});
    asking.ok("update_knowledge", change).await;
    let history = asking.ok("get_history", json!({"id": id})).await;
    let version = &history["versions"][0];
    assert_eq!(version["content"], "Ask Ann about invoices.");
    let restore = json!({"id": id, "version": version["version"]});
    asking.ok("restore_knowledge", restore).await;
    assert_eq!(asking.finds("ann").await, std::slice::from_ref(&id));
    asking.ok("delete_knowledge", json!({"id": id})).await;
    assert!(asking.finds("ann").await.is_empty());
    let entries = json!([{"key": "a", "context": "tide", "content": "High at noon."}]);
    let import = json!({"scope": "team:shop", "entries": entries});
    assert_eq!(asking.ok("import", import).await["created"], 1);
    let export = asking.ok("export", json!({"scope": "team:shop"})).await;
    let contents = export["entries"].as_array().unwrap().iter();
    let mut contents = contents.map(|one| &one["content"]);
    assert!(contents.any(|text| text == "High at noon."), "{export}");
}

async fn searches(asking: &Asking) {
    let tides = json!({"word": "flood", "synonyms": ["tide"]});
    asking.ok("add_synonyms", tides.clone()).await;
    assert_eq!(asking.finds("flood").await.len(), 1);
    let listed = asking.ok("list_synonyms", json!({})).await;
    assert_eq!(
        listed["synonyms"][0]["synonyms"],
        json!(["tide"]),
        "{listed}"
    );
    asking.ok("remove_synonyms", tides).await;
    assert!(asking.finds("flood").await.is_empty());
    assert!(asking.finds("canary").await.is_empty());
    let scope = json!({"scope": "team:shop"});
    let sizes = asking.ok("get_statistics", scope.clone()).await;
    assert_eq!(sizes["scopes"]["team:shop"]["entries"], 3, "{sizes}");
    let usage = asking.ok("get_search_analytics", scope).await;
    let missed = usage["zero_hit_terms"].as_array().unwrap();
    assert!(
        missed.iter().any(|word| word["term"] == "canary"),
        "{usage}"
    );
    let private = asking
        .ok("set_search_privacy", json!({"private": true}))
        .await;
    assert_eq!(private, json!({"private": true}));
}

#[tokio::test]
async fn every_tool_answers_an_mcp_client() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let asking = Asking {
            client: team(&app).await,
            called: RefCell::default(),
        };
        structure(&asking).await;
        conflicts(&asking).await;
        texts(&asking).await;
        searches(&asking).await;
        let listed = ask(&asking.client, "tools/list", json!({})).await;
        let names = listed["tools"].as_array().unwrap().iter();
        let names = names.map(|tool| tool["name"].as_str().unwrap().to_owned());
        let ours: BTreeSet<String> = names
            .filter(|name| name.starts_with("knowledge_"))
            .collect();
        assert_eq!(asking.called.into_inner(), ours);
        app.stop().await;
    })
    .await;
}
