//! All twelve tools through an MCP client over HTTP: every door, key, schema and record on the way.

use genkan_testkit::{McpClient, TestApp, TestDb};
use serde_json::{Value, json};

async fn ok(client: &McpClient, tool: &str, arguments: Value) -> Value {
    let answer = client.call(&format!("knowledge_{tool}"), arguments).await;
    answer.structured().clone()
}

async fn id_of(client: &McpClient, content: &str) -> Value {
    let entry = json!({"scope": "team:api", "context": "retry timeout", "content": content});
    ok(client, "write_knowledge", entry).await["id"].clone()
}

#[tokio::test]
async fn the_twelve_tools_answer_an_mcp_client() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = app.client();
        let namespace = json!({"name": "team", "description": "Our team"});
        ok(&client, "create_namespace", namespace).await;
        let scope = json!({"scope": "team:apo", "description": "The API"});
        ok(&client, "create_scope", scope).await;
        let renamed = json!({"scope": "team:apo", "new_scope": "team:api"});
        ok(&client, "update_scope", renamed).await;

        let first = id_of(&client, "Retry three times.").await;
        let second = id_of(&client, "Retry five times.").await;
        let third = id_of(&client, "Retry forever.").await;
        let settled = json!({"active_id": second, "suppressed_ids": [first]});
        ok(&client, "resolve_knowledge_conflict", settled).await;
        let changed = json!({"id": second, "content": "Retry five times, then give up."});
        ok(&client, "update_knowledge", changed).await;
        ok(&client, "delete_knowledge", json!({"id": third})).await;

        let queries = json!({"scope": "team:api", "queries": ["retry", "timeout"]});
        let found = ok(&client, "get_task_context", queries).await;
        let second = second.as_str().unwrap();
        assert_eq!(
            found["team:api"],
            json!({second: "Retry five times, then give up."})
        );

        let update = json!({"name": "team", "new_name": "crew"});
        ok(&client, "update_namespace", update).await;
        let long = ok(&client, "get_namespaces", json!({"style": "long"})).await;
        assert_eq!(
            long["namespaces"]["crew"]["scopes"]["crew:api"]["description"],
            "The API"
        );
        let deleted = ok(&client, "delete_scope", json!({"scope": "crew:api"})).await;
        assert_eq!(deleted, json!({"entries": 2}));
        let deleted = ok(&client, "delete_namespace", json!({"name": "crew"})).await;
        assert_eq!(deleted, json!({"scopes": 1, "entries": 0}));

        let refused = client
            .call("knowledge_delete_namespace", json!({"name": "crew"}))
            .await;
        assert_eq!(
            refused.code().as_deref(),
            Some("no_such_item"),
            "{}",
            refused.body
        );
        let unknown = json!({"name": "crew", "surprise": 1});
        let refused = client.call("knowledge_delete_namespace", unknown).await;
        let text = refused.body["result"]["content"][0]["text"]
            .as_str()
            .unwrap();
        assert!(
            text.contains("'surprise'") && text.contains("(invalid_arguments)"),
            "{text}"
        );
        app.stop().await;
    })
    .await;
}
