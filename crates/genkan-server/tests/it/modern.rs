//! MCP 2026-07-28 over HTTP: what a client that does everything right gets.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::{House, soon},
    schema,
    wire::{self, call, request},
};

#[tokio::test]
async fn discover_says_what_this_is() {
    let house = House::open().await;
    let reply = house
        .modern(&request("a", "server/discover", json!({})))
        .await;
    schema::check("2026-07-28", "DiscoverResultResponse", &reply.json);
    insta::assert_snapshot!(reply.text, @r#"{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","ttlMs":60000,"cacheScope":"private","supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"capabilities":{"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"completions":{},"logging":{}},"instructions":"Tools for tests.","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"genkan","title":"Genkan","version":"1.2.3"}}}}"#);
}

#[tokio::test]
async fn tools_are_listed_with_caching_and_server_info() {
    let house = House::open().await;
    let reply = house.modern(&request(7, "tools/list", json!({}))).await;
    schema::check("2026-07-28", "ListToolsResultResponse", &reply.json);
    let result = &reply.json["result"];
    assert_eq!(
        (&result["ttlMs"], &result["cacheScope"]),
        (&json!(60_000), &json!("private"))
    );
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "genkan"
    );
    let names: Vec<_> = result["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "test_ask",
            "test_blocks",
            "test_echo",
            "test_hang",
            "test_key",
            "test_revoke",
            "test_steps",
            "test_traced",
            "wares_announce",
            "wares_ask",
            "wares_log",
            "wares_mirrored",
            "wares_wrong"
        ]
    );
}

#[tokio::test]
async fn a_call_answers_with_structure_and_the_same_as_text() {
    let house = House::open().await;
    let reply = house
        .modern(&call("test_echo", json!({"text": "a\n\"b\""})))
        .await;
    schema::check("2026-07-28", "CallToolResultResponse", &reply.json);
    assert_eq!(reply.header("content-type"), "application/json");
    insta::assert_snapshot!(reply.text, @r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"{\"text\":\"a\\n\\\"b\\\"\"}"}],"structuredContent":{"text":"a\n\"b\""},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"genkan","title":"Genkan","version":"1.2.3"}}}}"#);
}

#[tokio::test]
async fn raw_blocks_go_through_on_one_line() {
    let house = House::open().await;
    let reply = house.modern(&call("test_blocks", json!({}))).await;
    assert!(!reply.text.contains('\n'));
    assert!(
        reply.text.contains(r#""unknown":[1.50]"#),
        "unknown members survive as written: {}",
        reply.text
    );
    assert_eq!(reply.json["result"]["content"][0]["text"], "a\nb");
}

#[tokio::test]
async fn a_fault_that_the_model_can_mend_is_a_result() {
    let house = House::open().await;
    let reply = house.modern(&call("test_echo", json!({"text": 7}))).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json["result"]["isError"], true);
    assert!(
        reply.json["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("invalid_arguments")
    );
}

#[tokio::test]
async fn ids_come_back_as_they_went() {
    let house = House::open().await;
    for id in [
        json!(0),
        json!(-5),
        json!(9_007_199_254_740_993_u64),
        json!(""),
        json!("ä\n\""),
    ] {
        let reply = house
            .modern(&request(id.clone(), "tools/list", json!({})))
            .await;
        assert_eq!(reply.json["id"], id);
    }
}

#[tokio::test]
async fn progress_makes_the_answer_a_stream() {
    let house = House::open().await;
    let mut message = call("test_steps", json!({}));
    message["params"]["_meta"]["progressToken"] = json!("p");
    let reply = house.modern(&message).await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(reply.header("x-accel-buffering"), "no");
    let told: Vec<_> = reply
        .before
        .iter()
        .map(|event| event["params"].clone())
        .collect();
    reply
        .before
        .iter()
        .for_each(|event| schema::check("2026-07-28", "ProgressNotification", event));
    assert_eq!(
        told[0],
        json!({"progressToken": "p", "progress": 1, "total": 3, "message": "step 1"})
    );
    let steps: Vec<_> = told.iter().map(|event| event["progress"].clone()).collect();
    assert_eq!(
        steps,
        [json!(1), json!(2), json!(3)],
        "progress only increases"
    );
    assert_eq!(reply.json["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn without_a_token_or_for_json_alone_nothing_is_told() {
    let house = House::open().await;
    let reply = house.modern(&call("test_steps", json!({}))).await;
    assert_eq!(reply.header("content-type"), "application/json");
    let mut message = call("test_steps", json!({}));
    message["params"]["_meta"]["progressToken"] = json!(1);
    let reply = wire::modern(&house.admin, &message)
        .header("accept", "application/json")
        .send(&house.router)
        .await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn the_form_of_the_answer_is_one_that_the_client_reads() {
    let house = House::open().await;
    let table = [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/event-stream", "text/event-stream"),
    ];
    for (accept, kind) in table {
        let ask = wire::modern(&house.admin, &call("test_echo", json!({"text": "x"})))
            .header("accept", accept);
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("content-type")),
            (200, kind),
            "{accept}"
        );
        assert_eq!(
            reply.json["result"]["structuredContent"]["text"], "x",
            "{accept}"
        );
    }
    let ask = wire::modern(&house.admin, &call("test_echo", json!({}))).without("accept");
    assert_eq!(ask.send(&house.router).await.status, 200);
    let ask =
        wire::modern(&house.admin, &call("test_echo", json!({}))).header("accept", "text/html");
    let reply = ask.send(&house.router).await;
    assert_eq!(
        (reply.status.as_u16(), reply.code()),
        (406, "not_acceptable")
    );
}

#[tokio::test]
async fn a_long_call_becomes_a_stream_that_is_kept_alive_and_ends_with_its_reader() {
    let house = House::with(|settings| {
        settings.patience = Duration::from_millis(10);
        settings.keep_alive = Duration::from_millis(10);
    })
    .await;
    let mut opened = wire::modern(&house.admin, &call("test_hang", json!({})))
        .open(&house.router)
        .await;
    assert!(opened.is_stream());
    assert_eq!(opened.piece().await.unwrap(), ": keep-alive\n\n");
    // What never began would have no end.
    soon(house.ended.begun()).await;
    drop(opened);
    soon(house.ended.ended()).await;
}

#[tokio::test]
async fn who_hangs_up_before_the_answer_cancels_the_call() {
    let house = House::open().await;
    let ask = wire::modern(&house.admin, &call("test_hang", json!({})));
    soon(ask.hang_up(&house.router, house.ended.begun())).await;
    soon(house.ended.ended()).await;
}

#[tokio::test]
async fn notifications_are_accepted_without_an_answer() {
    let house = House::open().await;
    let message = json!({"jsonrpc": "2.0", "method": "notifications/whatever"});
    let reply = wire::modern(&house.admin, &message)
        .send(&house.router)
        .await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (202, ""));
}

#[tokio::test]
async fn a_profile_of_the_path_is_its_own_endpoint() {
    let house = House::open().await;
    let list = request(1, "tools/list", json!({}));
    let table = [
        ("/mcp/test", 200, ""),
        ("/mcp/nowhere", 404, "not_found"),
        ("/mcp/UPPER", 404, "not_found"),
    ];
    for (path, status, code) in table {
        for message in [&list, &request(1, "server/discover", json!({}))] {
            let reply = wire::modern(&house.admin, message)
                .path(path)
                .send(&house.router)
                .await;
            assert_eq!(
                (reply.status.as_u16(), reply.code()),
                (status, code),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_question_is_answered_by_calling_again() {
    let house = House::open().await;
    let first = house.modern(&call("test_ask", json!({}))).await.json["result"].clone();
    schema::check("2026-07-28", "InputRequiredResult", &first);
    assert_eq!(first["resultType"], "input_required");
    insta::assert_json_snapshot!(first["inputRequests"], @r#"
    {
      "color": {
        "method": "elicitation/create",
        "params": {
          "mode": "form",
          "message": "What color?",
          "requestedSchema": {
            "type": "object",
            "properties": {
              "color": {
                "type": "string"
              }
            },
            "required": [
              "color"
            ]
          }
        }
      }
    }
    "#);
    let again = |result: &Value, key: &str, value: &str| {
        let mut message = call("test_ask", json!({}));
        message["params"]["requestState"] = result["requestState"].clone();
        message["params"]["inputResponses"] =
            json!({key: {"action": "accept", "content": {key: value}}});
        message
    };
    let second = house.modern(&again(&first, "color", "red")).await.json["result"].clone();
    assert!(second["inputRequests"]["size"].is_object(), "{second}");
    let last = house.modern(&again(&second, "size", "small")).await;
    assert_eq!(
        last.json["result"]["structuredContent"],
        json!({"color": "red", "size": "small"})
    );
    let reused = house.modern(&again(&second, "size", "small")).await;
    assert_eq!(
        (reused.status.as_u16(), reused.rpc_code(), reused.code()),
        (400, -32602, "request_state_reused")
    );
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_what_it_lacks() {
    let house = House::open().await;
    let mut message = call("test_ask", json!({}));
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let reply = house.modern(&message).await;
    schema::check(
        "2026-07-28",
        "MissingRequiredClientCapabilityError",
        &reply.json,
    );
    assert_eq!((reply.status.as_u16(), reply.rpc_code()), (400, -32021));
    assert_eq!(
        reply.json["error"]["data"]["requiredCapabilities"],
        json!({"elicitation": {"form": {}}})
    );
}
