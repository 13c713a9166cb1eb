//! Knowledge as resources: listed in pages, templated, completed, read, and watched.

use std::collections::BTreeSet;

use genkan_core::Role;
use genkan_testkit::{TestApp, TestDb};
use serde_json::{Value, json};

use crate::skills::{ask, done, entry, fill, team};

async fn all(client: &genkan_testkit::McpClient) -> Vec<Value> {
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let params = cursor.map_or(json!({}), |cursor| json!({"cursor": cursor}));
        let page = ask(client, "resources/list", params).await;
        seen.extend(page["resources"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn scopes_and_entries_are_listed_read_and_completed() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let fresh = all(&app.client()).await;
        assert_eq!(fresh[0]["uri"], "knowledge://global/default", "before the first write");
        ask(&app.client(), "resources/read", json!({"uri": "knowledge://global/default"})).await;
        let client = team(&app).await;
        let parent = entry(&client, "global:default", "style", "Write plainly.").await;
        let id = entry(&client, "team:shop", "deploy \"quoted\"", "\n# Releases\n\nOn Tuesdays.\n").await;
        let viewer = client.with_key(app.key(Role::Viewer).await);
        let listed = all(&viewer).await;
        let uris: Vec<_> = listed.iter().map(|one| one["uri"].as_str().unwrap()).collect();
        let uri = format!("knowledge://team/shop/{id}");
        let other = format!("knowledge://global/default/{parent}");
        assert_eq!(uris, ["knowledge://global/default", "knowledge://team/default", "knowledge://team/shop", &other, &uri]);
        assert_eq!((&listed[4]["name"], &listed[4]["description"]), (&json!("Releases"), &json!("deploy \"quoted\"")));

        let read = ask(&viewer, "resources/read", json!({"uri": uri})).await;
        let page = format!(
            "---\nid: {id}\nscope: team:shop\nkeywords: \"deploy \\\"quoted\\\"\"\n---\n\n\n# Releases\n\nOn Tuesdays.\n\n"
        );
        assert_eq!(read["contents"][0]["text"], page);
        let read = ask(&viewer, "resources/read", json!({"uri": "knowledge://team/shop"})).await;
        let text = read["contents"][0]["text"].as_str().unwrap();
        for part in ["# team:shop", "The web shop", "1 entry.", &uri, "## From global:default", &other] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let complete = async |name: &str, value: &str, context: Value| {
            let params = json!({
                "ref": {"type": "ref/resource", "uri": "knowledge://{namespace}/{scope}/{id}"},
                "argument": {"name": name, "value": value}, "context": {"arguments": context},
            });
            ask(&viewer, "completion/complete", params).await["completion"]["values"].clone()
        };
        assert_eq!(complete("namespace", "te", json!({})).await, json!(["team"]));
        assert_eq!(complete("scope", "", json!({"namespace": "team"})).await, json!(["default", "shop"]));
        let place = json!({"namespace": "team", "scope": "shop"});
        assert_eq!(complete("id", &id[..8], place).await, json!([id]));
        assert_eq!(complete("id", "", json!({"scope": "'; --"})).await, json!([]));
        let templates = ask(&viewer, "resources/templates/list", json!({})).await;
        let of_knowledge = |one: &&Value| one["uriTemplate"].as_str().unwrap().starts_with("knowledge:");
        let templates = templates["resourceTemplates"].as_array().unwrap();
        assert_eq!(templates.iter().filter(of_knowledge).count(), 3);
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_lost_a_conflict_is_unknown() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let winner = entry(&client, "team:shop", "deploy", "On Tuesdays.").await;
        let loser = entry(&client, "team:shop", "deploy", "On Fridays.").await;
        let settled = json!({"active_id": winner, "suppressed_ids": [loser]});
        done(&client, "resolve_knowledge_conflict", settled).await;
        let loser = format!("knowledge://team/shop/{loser}");
        let elsewhere = format!("knowledge://team/default/{winner}");
        let gone = format!("knowledge://team/shop/{winner}/");
        for uri in [
            loser.as_str(),
            &elsewhere,
            &gone,
            "knowledge://team/gone",
            "knowledge://none/default",
            "knowledge://",
            "knowledge://team/shop/'; DROP TABLE knowledge_entry; --",
        ] {
            let answer = client
                .request("/mcp", "resources/read", json!({"uri": uri}))
                .await;
            assert_eq!(
                answer.body["error"]["code"], -32602,
                "{uri}: {:#}",
                answer.body
            );
            assert_eq!(answer.body["error"]["data"]["uri"], uri);
        }
        for cursor in ["knowledge:x", "knowledge:entry \u{7}", "other", ""] {
            let answer = client
                .request("/mcp", "resources/list", json!({"cursor": cursor}))
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

#[tokio::test]
async fn the_list_is_walked_without_gap_or_repeat() {
    TestDb::each(async |database| {
        let app = TestApp::start(&database).await;
        let client = team(&app).await;
        let scopes = 3;
        let texts: Vec<_> = (0..520).map(|number| format!("Number {number}.")).collect();
        let ids: BTreeSet<_> = fill(&client, "team:shop", &texts)
            .await
            .into_iter()
            .collect();
        let listed = all(&client).await;
        let found: BTreeSet<_> = listed
            .iter()
            .skip(scopes)
            .map(|one| {
                one["uri"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert!(
            found == ids && listed.len() == scopes + 520,
            "{}",
            listed.len()
        );
        app.stop().await;
    })
    .await;
}
