//! Resources, prompts, completion, log messages and questions to programs, in sessions.

use serde_json::json;

use crate::{
    fixture::House,
    legacy::{REVISIONS, Session, call, initialize, request},
    schema,
};

#[tokio::test]
async fn every_revision_lists_reads_and_writes() {
    let house = House::open().await;
    for revision in REVISIONS {
        let session = Session::open(&house, revision).await;
        let table = [
            ("resources/list", json!({}), "ListResourcesResult"),
            (
                "resources/templates/list",
                json!({}),
                "ListResourceTemplatesResult",
            ),
            (
                "resources/read",
                json!({"uri": "wares:picture"}),
                "ReadResourceResult",
            ),
            ("prompts/list", json!({}), "ListPromptsResult"),
            (
                "prompts/get",
                json!({"name": "wares_praise", "arguments": {"ware": "tea"}}),
                "GetPromptResult",
            ),
            (
                "completion/complete",
                json!({"ref": {"type": "ref/prompt", "name": "wares_praise"}, "argument": {"name": "ware", "value": ""}}),
                "CompleteResult",
            ),
        ];
        for (method, params, definition) in table {
            let reply = session.send(&request(1, method, params)).await;
            let result = &reply.json["result"];
            assert!(result.is_object(), "{revision} {method}: {}", reply.text);
            schema::check(revision, definition, result);
            assert!(result.get("resultType").is_none() && result.get("ttlMs").is_none());
            let is_new = revision >= "2025-06-18";
            if method == "prompts/list" {
                assert_eq!(result["prompts"][0].get("title").is_some(), is_new);
            }
            if method == "prompts/get" {
                let kind = if is_new { "resource_link" } else { "text" };
                assert_eq!(result["messages"][1]["content"]["type"], kind);
            }
        }
        let unknown = request(1, "resources/read", json!({"uri": "wares:gone"}));
        let unknown = session.send(&unknown).await;
        assert_eq!((unknown.status.as_u16(), unknown.rpc_code()), (200, -32002));
    }
}

#[tokio::test]
async fn the_log_level_of_a_session_is_set() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let levels = [(None, 1), (Some("debug"), 2), (Some("alert"), 0)];
    for (level, expected) in levels {
        if let Some(level) = level {
            let set = request(1, "logging/setLevel", json!({"level": level}));
            assert_eq!(session.send(&set).await.json["result"], json!({}));
        }
        let reply = session.send(&call(2, "wares_log", json!({}))).await;
        assert_eq!(reply.before.len(), expected, "{level:?}");
    }
    let wrong = request(1, "logging/setLevel", json!({"level": "loud"}));
    assert_eq!(session.send(&wrong).await.code(), "invalid_params");
}

#[tokio::test]
async fn prompts_and_programs_are_asked_on_the_stream_of_the_call() {
    let house = House::open().await;
    let mut able = initialize("2025-11-25");
    able["params"]["capabilities"] = json!({"sampling": {}, "roots": {}, "elicitation": {}});
    let session = Session::greet(&house, &house.admin, able).await;

    let get = request(
        1,
        "prompts/get",
        json!({"name": "wares_praise", "arguments": {"ware": "tea", "ask": "yes"}}),
    );
    let mut opened = session.post(&get).open(&house.router).await;
    let question = opened.next().await.unwrap();
    let accept = json!({"action": "accept", "content": {"mood": "calm"}});
    session
        .send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": accept}))
        .await;
    let last = opened.next().await.unwrap();
    assert_eq!(
        last["result"]["messages"][0]["content"]["text"],
        "Praise tea, calm!"
    );

    let ask = call(2, "wares_ask", json!({}));
    let mut opened = session.post(&ask).open(&house.router).await;
    for _ in 0..2 {
        let question = opened.next().await.unwrap();
        schema::check("2025-11-25", "ServerRequest", &question);
        let content = json!({"type": "text", "text": "Tea!"});
        let result = match question["method"].as_str().unwrap() {
            "sampling/createMessage" => {
                json!({"role": "assistant", "content": content, "model": "m"})
            }
            "roots/list" => json!({"roots": [{"uri": "file:///shop"}]}),
            other => panic!("asked {other}"),
        };
        session
            .send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": result}))
            .await;
    }
    let last = opened.next().await.unwrap();
    assert_eq!(last["result"]["structuredContent"]["slogan"], "Tea!");
}

#[tokio::test]
async fn a_prompt_that_cannot_ask_is_an_error() {
    let house = House::open().await;
    let mut unable = initialize("2025-11-25");
    unable["params"]["capabilities"] = json!({});
    let session = Session::greet(&house, &house.admin, unable).await;
    let read = request(1, "resources/read", json!({"uri": "wares:locked"}));
    assert_eq!(session.send(&read).await.code(), "missing_capability");
}
