//! What every result of the stateless era says, whatever it answers.

use serde_json::{Value, json};

use crate::{
    fixture::House,
    wire::{Reply, request},
};

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

async fn ask(house: &House, method: &str, params: &Value) -> Reply {
    let reply = house.modern(&request(1, method, params.clone())).await;
    assert_eq!(reply.status, 200, "{method}: {}", reply.text);
    reply
}

#[tokio::test]
async fn every_result_says_who_made_it_and_what_may_be_kept_says_how_long() {
    let house = House::open().await;
    let sign = json!({"uri": "wares:sign"});
    let echo = json!({"name": "test_echo", "arguments": {"text": "x"}});
    let question = json!({"name": "test_ask", "arguments": {}});
    let praise = json!({"name": "wares_praise", "arguments": {"ware": "tea"}});
    let complete = json!({
        "ref": {"type": "ref/prompt", "name": "wares_praise"},
        "argument": {"name": "ware", "value": ""},
    });
    let table = [
        ("server/discover", json!({}), true),
        ("tools/list", json!({}), true),
        ("prompts/list", json!({}), true),
        ("resources/list", json!({}), true),
        ("resources/templates/list", json!({}), true),
        ("resources/read", sign, true),
        ("tools/call", echo, false),
        ("tools/call", question, false),
        ("prompts/get", praise, false),
        ("completion/complete", complete, false),
    ];
    for (method, params, is_kept) in table {
        let reply = ask(&house, method, &params).await;
        let result = &reply.json["result"];
        assert_eq!(result["_meta"][SERVER_INFO]["name"], "genkan", "{method}");
        assert!(result["resultType"].is_string(), "{method}");
        assert_eq!(result["ttlMs"].is_u64(), is_kept, "{method}: {result}");
        let scope = is_kept.then_some("private");
        assert_eq!(result["cacheScope"].as_str(), scope, "{method}: {result}");
    }
}

#[tokio::test]
async fn lists_are_the_same_whenever_they_are_asked_for() {
    let house = House::open().await;
    for method in [
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ] {
        let first = ask(&house, method, &json!({})).await;
        let again = ask(&house, method, &json!({})).await;
        assert_eq!(first.text, again.text, "{method}");
    }
}

#[tokio::test]
async fn a_completion_knows_what_the_other_arguments_are() {
    let house = House::open().await;
    let params = json!({
        "ref": {"type": "ref/prompt", "name": "wares_praise"},
        "argument": {"name": "ware", "value": "br"},
        "context": {"arguments": {"besides": "bread"}},
    });
    let reply = ask(&house, "completion/complete", &params).await;
    let completion = &reply.json["result"]["completion"];
    assert_eq!(completion["values"], json!(["brush"]));
}
