//! The five prompts, written from the present state of a scope.

use genkan_core::Role;
use genkan_testkit::{McpClient, TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{ask, entry, scope, team};

const PROMPTS: [&str; 5] = [
    "lesson",
    "onboarding",
    "research",
    "settle_conflicts",
    "teach",
];

async fn written(client: &McpClient, prompt: &str, scope: &str) -> String {
    let arguments =
        json!({"scope": scope, "task": "T-1", "topic": "T-2", "failure": "T-3", "role": "T-4"});
    let mut arguments = arguments.as_object().unwrap().clone();
    let list = ask(client, "prompts/list", json!({})).await;
    let name = format!("knowledge_{prompt}");
    let known = list["prompts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name)
        .unwrap();
    let known: Vec<_> = known["arguments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    arguments.retain(|name, _| known.contains(&json!(name)));
    let got = ask(
        client,
        "prompts/get",
        json!({"name": name, "arguments": arguments}),
    )
    .await;
    got["messages"][0]["content"]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn each_prompt_says_something_else_in_another_state() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        scope(&client, "team:empty").await;
        entry(
            &client,
            "team:shop",
            "deploy release rollback",
            "Releases of the shop go out on Tuesdays.",
        )
        .await;
        let viewer = client.with_key(app.key(Role::Viewer).await);
        let list = ask(&viewer, "prompts/list", json!({})).await;
        let names = list["prompts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap());
        let ours: Vec<_> = names
            .filter_map(|name| name.strip_prefix("knowledge_"))
            .collect();
        assert_eq!(ours, PROMPTS);
        let mut before = Vec::new();
        for prompt in PROMPTS {
            let (shop, empty) = (
                written(&viewer, prompt, "team:shop").await,
                written(&viewer, prompt, "team:empty").await,
            );
            assert!(
                shop.contains("`team:shop` (1)") && shop.contains("deploy"),
                "{prompt}: {shop}"
            );
            assert!(
                empty.contains("0 entries are within reach") && !empty.contains("deploy"),
                "{prompt}: {empty}"
            );
            before.push(shop);
        }
        let other = entry(
            &client,
            "team:shop",
            "deploy release rollback",
            "Releases of the shop go out on Fridays.",
        )
        .await;
        for (prompt, before) in PROMPTS.into_iter().zip(before) {
            let after = written(&viewer, prompt, "team:shop").await;
            assert!(
                after != before && after.contains("`team:shop` (2)"),
                "{prompt}: {after}"
            );
            assert_eq!(
                after.contains(&other),
                matches!(prompt, "onboarding" | "settle_conflicts" | "teach"),
                "{prompt}: {after}"
            );
        }
        let research = written(&viewer, "research", "team:shop").await;
        assert!(research.contains("## Task\n\nT-1\n"), "{research}");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn arguments_are_completed_and_faults_named() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let complete = async |name: &str, value: &str| {
            let params = json!({
                "ref": {"type": "ref/prompt", "name": "knowledge_research"}, "argument": {"name": name, "value": value},
            });
            ask(&client, "completion/complete", params).await["completion"]["values"].clone()
        };
        assert_eq!(complete("scope", "team:").await, json!(["team:default", "team:shop"]));
        assert_eq!(complete("task_size", "X").await, json!(["XS", "XL"]));
        assert_eq!(complete("task", "a").await, json!([]));
        for (arguments, code) in [
            (json!({"scope": "team:shop"}), "invalid_params"),
            (json!({"scope": "team:shpo", "task": "x"}), "no_such_item"),
            (json!({"scope": "shop", "task": "x"}), "invalid_name"),
            (json!({"scope": "team:shop'; --", "task": "x"}), "invalid_name"),
        ] {
            let params = json!({"name": "knowledge_research", "arguments": arguments});
            let answer = client.request("/mcp", "prompts/get", params).await;
            let told: Value = answer.body["error"]["data"]["code"].clone();
            assert_eq!(told, code, "{arguments}: {:#}", answer.body);
        }
        let huge = json!({"scope": "team:shop", "task": "é".repeat(100_000)});
        let got = ask(&client, "prompts/get", json!({"name": "knowledge_research", "arguments": huge})).await;
        let text = got["messages"][0]["content"]["text"].as_str().unwrap();
        assert_eq!(text.matches('é').count(), 4_000);
        app.stop().await;
    })
    .await;
}
