//! Resources, prompts, completion and log messages of the stateless era.

use serde_json::{Value, json};

use crate::{
    fixture::House,
    schema,
    wire::{self, Reply, call, meta, request},
};

async fn ask(house: &House, method: &str, params: Value) -> Value {
    let reply = house.modern(&request(1, method, params)).await;
    assert_eq!(reply.status, 200, "{method}: {}", reply.text);
    reply.json["result"].clone()
}

async fn refused(house: &House, method: &str, params: Value) -> Reply {
    let reply = house.modern(&request(1, method, params)).await;
    assert_eq!(reply.status, 400, "{method}: {}", reply.text);
    schema::check("2026-07-28", "JSONRPCErrorResponse", &reply.json);
    reply
}

#[tokio::test]
async fn discovery_tells_what_the_profile_offers() {
    let house = House::open().await;
    let told = ask(&house, "server/discover", json!({})).await;
    schema::check("2026-07-28", "DiscoverResult", &told);
    let offered = &told["capabilities"];
    for name in ["tools", "prompts", "resources", "completions", "logging"] {
        assert!(offered[name].is_object(), "{name}: {told}");
    }
    let path = wire::modern(&house.admin, &request(1, "server/discover", json!({})));
    let small = path.path("/mcp/test").send(&house.router).await;
    let offered = small.json["result"]["capabilities"].as_object().unwrap();
    assert!(!offered.contains_key("resources") && !offered.contains_key("logging"));
}

#[tokio::test]
async fn resources_are_listed_in_pages_and_read() {
    let house = House::open().await;
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    for page in 0.. {
        let mut params = json!({});
        if !cursor.is_null() {
            params["cursor"] = cursor.clone();
        }
        let list = ask(&house, "resources/list", params).await;
        schema::check("2026-07-28", "ListResourcesResult", &list);
        let uris = list["resources"].as_array().unwrap().iter();
        seen.extend(uris.map(|one| one["uri"].as_str().unwrap().to_owned()));
        cursor = list["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(page < 3, "the list has an end");
    }
    assert_eq!((seen.len(), seen[0].as_str()), (1_203, "wares:sign"));
    for cursor in ["", "wares:no", "other", "p1"] {
        let reply = refused(&house, "resources/list", json!({"cursor": cursor})).await;
        assert_eq!(reply.code(), "invalid_cursor", "{cursor}");
    }

    let templates = ask(&house, "resources/templates/list", json!({})).await;
    schema::check("2026-07-28", "ListResourceTemplatesResult", &templates);
    assert_eq!(templates["resourceTemplates"][0]["title"], "A box");

    for (uri, member, value) in [
        ("wares:sign", "text", "open"),
        ("wares:picture", "blob", "AJ+Slg=="),
    ] {
        let read = ask(&house, "resources/read", json!({"uri": uri})).await;
        schema::check("2026-07-28", "ReadResourceResult", &read);
        assert_eq!(read["contents"][0][member], value);
        assert_eq!(read["cacheScope"], "private");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_with_its_uri() {
    let house = House::open().await;
    let viewer = house.key("v", "viewer").await;
    for uri in ["wares:gone", "other:thing", "wares:empty", ""] {
        let reply = refused(&house, "resources/read", json!({"uri": uri})).await;
        assert_eq!(
            (reply.rpc_code(), reply.code()),
            (-32602, "unknown_resource")
        );
        assert_eq!(reply.json["error"]["data"]["uri"], uri);
    }
    // Without the permission of the toolset, nothing of it is there.
    let read = wire::modern(
        &viewer,
        &request(1, "resources/read", json!({"uri": "wares:sign"})),
    );
    assert_eq!(read.send(&house.router).await.code(), "unknown_resource");
    let list = wire::modern(&viewer, &request(1, "resources/list", json!({})));
    let list = list.send(&house.router).await.json["result"].clone();
    assert_eq!(list["resources"], json!([]));
    let huge = refused(&house, "resources/read", json!({"uri": "wares:huge"})).await;
    assert_eq!(huge.code(), "too_large");
}

#[tokio::test]
async fn prompts_are_listed_and_written() {
    let house = House::open().await;
    let list = ask(&house, "prompts/list", json!({})).await;
    schema::check("2026-07-28", "ListPromptsResult", &list);
    assert_eq!(list["prompts"].as_array().unwrap().len(), 2);
    let arguments = json!({"ware": "tea"});
    let params = json!({"name": "wares_praise", "arguments": arguments});
    let prompt = ask(&house, "prompts/get", params).await;
    schema::check("2026-07-28", "GetPromptResult", &prompt);
    assert_eq!(prompt["messages"][0]["content"]["text"], "Praise tea!");
    assert_eq!(prompt["messages"][1]["content"]["type"], "resource_link");

    let user = house.key("u", "user").await;
    let secret = wire::modern(
        &user,
        &request(1, "prompts/get", json!({"name": "wares_whisper"})),
    );
    assert_eq!(secret.send(&house.router).await.code(), "unknown_prompt");
    let table = [
        (json!({"name": "no"}), "unknown_prompt"),
        (json!({"name": "wares_praise"}), "invalid_params"),
        (
            json!({"name": "wares_praise", "arguments": {"ware": 1}}),
            "invalid_params",
        ),
        (
            json!({"name": "wares_praise", "arguments": []}),
            "invalid_params",
        ),
    ];
    for (params, code) in table {
        let reply = refused(&house, "prompts/get", params).await;
        assert_eq!((reply.code(), reply.rpc_code()), (code, -32602));
    }
}

#[tokio::test]
async fn prompts_and_resources_ask_as_tools_do() {
    let house = House::open().await;
    let praise = json!({"name": "wares_praise", "arguments": {"ware": "tea", "ask": "yes"}});
    let locked = json!({"uri": "wares:locked"});
    for (method, params, key, found) in [
        ("prompts/get", praise, "mood", "Praise tea, calm!"),
        ("resources/read", locked, "word", "calm"),
    ] {
        let asked = ask(&house, method, params.clone()).await;
        schema::check("2026-07-28", "InputRequiredResult", &asked);
        assert_eq!(asked["inputRequests"][key]["method"], "elicitation/create");
        assert!(asked.get("ttlMs").is_none());
        let mut again = params;
        again["requestState"] = asked["requestState"].clone();
        let answer = json!({"action": "accept", "content": {key: "calm"}});
        again["inputResponses"] = json!({key: answer});
        let done = ask(&house, method, again.clone()).await;
        assert!(done.to_string().contains(found), "{done}");
        assert_eq!(
            refused(&house, method, again).await.code(),
            "request_state_reused"
        );
    }
}

#[tokio::test]
async fn programs_are_asked_together_and_only_where_they_can_be() {
    let house = House::open().await;
    let reply = house.modern(&call("wares_ask", json!({}))).await;
    assert_eq!((reply.status.as_u16(), reply.rpc_code()), (400, -32021));
    let needed = &reply.json["error"]["data"]["requiredCapabilities"];
    assert_eq!(needed, &json!({"sampling": {}, "roots": {}}));

    let mut able = call("wares_ask", json!({}));
    let capabilities = json!({"sampling": {}, "roots": {}});
    able["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
    let asked = house.modern(&able).await.json["result"].clone();
    schema::check("2026-07-28", "InputRequiredResult", &asked);
    assert_eq!(asked["inputRequests"].as_object().unwrap().len(), 2);
    able["params"]["requestState"] = asked["requestState"].clone();
    let content = json!({"type": "text", "text": "Tea!"});
    able["params"]["inputResponses"] = json!({
        "slogan": {"role": "assistant", "content": content, "model": "m"},
        "roots": {"roots": [{"uri": "file:///shop"}]},
        "other": 1,
    });
    let done = house.modern(&able).await.json["result"]["structuredContent"].clone();
    assert_eq!(
        done,
        json!({"slogan": "Tea!", "roots": [{"uri": "file:///shop"}]})
    );
}

#[tokio::test]
async fn arguments_are_completed_within_bounds() {
    let house = House::open().await;
    let of_prompt = json!({"type": "ref/prompt", "name": "wares_praise"});
    let of_template = json!({"type": "ref/resource", "uri": "wares:box/{number}"});
    let complete = |reference: &Value, value: &str| json!({"ref": reference, "argument": {"name": "ware", "value": value}, "context": {"arguments": {"a": "b"}}});
    let told = ask(&house, "completion/complete", complete(&of_prompt, "br")).await;
    schema::check("2026-07-28", "CompleteResult", &told);
    let expected = json!({"values": ["bread", "brush"], "hasMore": false, "total": 2});
    assert_eq!(told["completion"], expected);
    let many = ask(&house, "completion/complete", complete(&of_template, "")).await;
    assert_eq!(many["completion"]["values"].as_array().unwrap().len(), 100);
    assert_eq!(many["completion"]["hasMore"], true);
    let table = [
        (
            complete(&json!({"type": "ref/prompt", "name": "no"}), ""),
            "unknown_prompt",
        ),
        (
            complete(&json!({"type": "ref/resource", "uri": "no"}), ""),
            "unknown_resource",
        ),
        (complete(&json!({"type": "ref/tool"}), ""), "invalid_params"),
        (json!({"ref": of_prompt}), "invalid_params"),
        (
            json!({"ref": of_prompt, "argument": {"name": "x"}}),
            "invalid_params",
        ),
    ];
    for (params, code) in table {
        assert_eq!(
            refused(&house, "completion/complete", params).await.code(),
            code
        );
    }
}

#[tokio::test]
async fn log_messages_come_only_where_they_are_wanted() {
    let house = House::open().await;
    let silent = house.modern(&call("wares_log", json!({}))).await;
    assert!(silent.before.is_empty());
    let said = &silent.json["result"]["_meta"];
    assert_eq!(said["shop"], 1);
    assert_eq!(said["io.modelcontextprotocol/serverInfo"]["name"], "genkan");
    for (level, expected) in [("debug", 2), ("warning", 1), ("emergency", 0)] {
        let mut wanted = meta();
        wanted["io.modelcontextprotocol/logLevel"] = level.into();
        let params = json!({"name": "wares_log", "arguments": {}, "_meta": wanted});
        let reply = house.modern(&request(1, "tools/call", params)).await;
        assert_eq!(reply.before.len(), expected, "{level}");
        for message in &reply.before {
            schema::check("2026-07-28", "LoggingMessageNotification", message);
        }
        assert_eq!(reply.json["result"]["content"][0]["text"], "done");
    }
    // Who reads JSON alone is told none, and the call does not wait for it.
    let mut wanted = meta();
    wanted["io.modelcontextprotocol/logLevel"] = "debug".into();
    let params = json!({"name": "wares_log", "arguments": {}, "_meta": wanted});
    let json_only = wire::modern(&house.admin, &request(1, "tools/call", params))
        .header("accept", "application/json");
    let reply = json_only.send(&house.router).await;
    assert_eq!(reply.json["result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn headers_repeat_the_arguments_that_say_so() {
    let house = House::open().await;
    let arguments = json!({"ware": "Grüner Tee", "at": {"shelf": 42, "open": true}});
    let right = wire::modern(&house.admin, &call("wares_mirrored", arguments))
        .header("mcp-param-ware", "=?base64?R3LDvG5lciBUZWU=?=")
        .header("mcp-param-shelf", "42")
        .header("mcp-param-open", "true")
        .header("mcp-param-unknown", "kept");
    assert_eq!(right.clone().send(&house.router).await.status, 200);
    let wrong = [
        right.clone().without("mcp-param-ware"),
        right.clone().header("mcp-param-shelf", "43"),
        right.clone().header("mcp-param-open", "yes"),
        right.also("mcp-param-open", "true"),
        wire::modern(&house.admin, &call("wares_mirrored", json!({})))
            .header("mcp-param-ware", "tea"),
    ];
    for ask in wrong {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.rpc_code()),
            (400, -32020),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_wrong_answer_of_a_tool_never_reaches_the_client() {
    let house = House::open().await;
    let fine = house
        .modern(&call("wares_wrong", json!({"price": 1})))
        .await;
    assert_eq!(
        fine.json["result"]["structuredContent"],
        json!({"price": 1})
    );
    let wrong = house
        .modern(&call("wares_wrong", json!({"price": "free"})))
        .await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (500, "internal"));
    assert!(!wrong.text.contains("free") && !wrong.text.contains("price"));
}
