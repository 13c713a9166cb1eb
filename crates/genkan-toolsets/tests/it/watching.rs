//! What those who watch knowledge are told: a write reaches everything that inherits, and nothing else.

use std::{collections::BTreeSet, time::Duration};

use genkan_core::{
    Change, Operation, Outcome,
    call::{Call, ToolCall},
    subscription::{Interest, Subscription},
};
use genkan_testkit::{McpClient, TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{done, entry, scope, team};

/// Begins to watch these URIs, and the list if that is wanted.
async fn watch(app: &TestApp, uris: &[&str], list: bool) -> Subscription {
    let mut call: Call = app.call("", json!({}));
    assert!(matches!(
        call.operation,
        Operation::CallTool(ToolCall { .. })
    ));
    call.operation = Operation::Subscribe(Interest {
        resources: list,
        uris: uris.iter().map(|uri| (*uri).into()).collect(),
        ..Interest::default()
    });
    match app.engine.call(call).await.unwrap() {
        Outcome::Subscribed(subscription) => *subscription,
        other => panic!("{other:?}"),
    }
}

/// Everything that is told of one write.
async fn told(subscription: &mut Subscription) -> BTreeSet<String> {
    let changes = tokio::time::timeout(Duration::from_secs(30), subscription.next())
        .await
        .unwrap();
    let name = |change: &Change| match change {
        Change::Resource(uri) => uri.to_string(),
        other => format!("{other:?}"),
    };
    changes.iter().map(name).collect()
}

const NONE: &str = "knowledge://other/default";
const ALL: [&str; 6] = [
    "knowledge://global/default",
    "knowledge://team/default",
    "knowledge://team/shop",
    "knowledge://team/child",
    "knowledge://away/heir",
    NONE,
];

async fn family(client: &McpClient) {
    for name in ["away", "other"] {
        let namespace = json!({"name": name, "description": "Another team"});
        done(client, "create_namespace", namespace).await;
    }
    let child = json!({"scope": "team:child", "description": "A child", "parents": ["team:shop"]});
    done(client, "create_scope", child).await;
    let heir = json!({"scope": "away:heir", "description": "An heir", "parents": ["team:child"]});
    done(client, "create_scope", heir).await;
}

fn set<const N: usize>(uris: [&str; N]) -> BTreeSet<String> {
    uris.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_write_reaches_those_who_watch_a_descendant_and_nobody_else() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        family(&client).await;
        let mut watching = watch(&app, &ALL, false).await;
        let [global, default, shop, child, heir, other] = ALL;
        let id = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        assert_eq!(told(&mut watching).await, set([shop, child, heir]));
        entry(&client, "team:default", "deploy", "Everywhere.").await;
        assert_eq!(
            told(&mut watching).await,
            set([default, shop, child, heir]),
            "heir inherits team:default through its parents"
        );
        entry(&client, "global:default", "style", "Write plainly.").await;
        assert_eq!(
            told(&mut watching).await,
            set([global, default, shop, child, heir, other])
        );
        entry(&client, "away:heir", "style", "Write.").await;
        assert_eq!(told(&mut watching).await, set([heir]));

        let uri = format!("knowledge://team/shop/{id}");
        let mut one = watch(&app, &[&uri, NONE], true).await;
        done(
            &client,
            "update_knowledge",
            json!({"id": id, "content": "On Fridays."}),
        )
        .await;
        assert_eq!(
            told(&mut one).await,
            set([&uri]),
            "a change lists nothing anew"
        );
        done(
            &client,
            "update_knowledge",
            json!({"id": id, "scope": "team:child"}),
        )
        .await;
        assert_eq!(told(&mut one).await, set([&uri, "Resources"]));
        done(&client, "delete_knowledge", json!({"id": id})).await;
        assert_eq!(told(&mut one).await, set(["Resources"]));
        let fresh: BTreeSet<_> = [
            told(&mut watching).await,
            told(&mut watching).await,
            told(&mut watching).await,
        ]
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(fresh, set([shop, child, heir]));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn scopes_that_are_renamed_or_deleted_are_told_by_their_old_names_too() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        family(&client).await;
        let [_, _, shop, child, heir, _] = ALL;
        let renamed = "knowledge://team/store";
        let mut watching = watch(&app, &[shop, renamed, child, heir, NONE], true).await;
        done(
            &client,
            "update_scope",
            json!({"scope": "team:shop", "new_scope": "team:store"}),
        )
        .await;
        assert_eq!(
            told(&mut watching).await,
            set([shop, renamed, child, heir, "Resources"])
        );
        done(&client, "delete_scope", json!({"scope": "team:child"})).await;
        assert_eq!(told(&mut watching).await, set([child, heir, "Resources"]));
        done(
            &client,
            "update_namespace",
            json!({"name": "team", "new_name": "crew"}),
        )
        .await;
        assert_eq!(told(&mut watching).await, set([renamed, "Resources"]));
        scope(&client, "away:new").await;
        assert_eq!(told(&mut watching).await, set(["Resources"]));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_listens_is_told() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let client = team(&app).await;
    family(&client).await;
    let uris: Value = json!([
        "knowledge://away/heir",
        "skill://genkan/team-knowledge/SKILL.md",
        "knowledge://x"
    ]);
    let params = json!({"notifications": {"resourceSubscriptions": uris}});
    let mut stream = client
        .prepare("/mcp", "subscriptions/listen", params)
        .send()
        .await
        .unwrap();
    let mut text = String::new();
    while !text.contains("acknowledged") {
        text.push_str(str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(
        text.contains("knowledge://away/heir")
            && !text.contains("knowledge://x")
            && !text.contains("skill://"),
        "{text}"
    );
    entry(&client, "global:default", "style", "Write plainly.").await;
    text.clear();
    while !text.contains("notifications/resources/updated") {
        text.push_str(str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.contains("knowledge://away/heir"), "{text}");
    drop(stream);
    app.stop().await;
}
