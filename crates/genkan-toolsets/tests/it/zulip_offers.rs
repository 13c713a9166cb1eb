//! What toolset `zulip` lets clients read, and the prompts that it fills.

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

async fn result(house: &ZulipHouse, method: &str, params: Value) -> Value {
    let answer = house.client.request("/mcp/zulip", method, params).await;
    answer.body["result"].clone()
}

#[tokio::test]
async fn channels_users_and_messages_are_read_by_their_uris() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let listed = result(&house, "resources/list", json!({})).await;
    let uris = listed["resources"].as_array().unwrap().iter();
    let uris: Vec<&str> = uris.map(|one| one["uri"].as_str().unwrap()).collect();
    assert_eq!(
        uris,
        [
            "zulip://channels",
            "zulip://users",
            "zulip://channel/%23social%20%E2%98%95",
            "zulip://channel/engineering",
            "zulip://channel/general",
        ]
    );
    for (uri, part) in [
        ("zulip://channels", "**#social ☕**"),
        ("zulip://users", "**King Hamlet** (id 2)"),
        ("zulip://channel/%23social%20%E2%98%95", "Noodles at noon?"),
        ("zulip://channel/general", "Welcome to **Zulip**!"),
    ] {
        let read = result(&house, "resources/read", json!({"uri": uri})).await;
        let text = read["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains(part), "{uri}: {text}");
    }
    for uri in ["zulip://channel/leads", "zulip://channel/%ff", "zulip://x"] {
        let params = json!({"uri": uri});
        let refused = house
            .client
            .request("/mcp/zulip", "resources/read", params)
            .await;
        assert_eq!(refused.code().as_deref(), Some("unknown_resource"), "{uri}");
    }
    let typed = json!({
        "ref": {"type": "ref/resource", "uri": "zulip://channel/{name}"},
        "argument": {"name": "name", "value": "gen"},
    });
    let completed = result(&house, "completion/complete", typed).await;
    assert_eq!(completed["completion"]["values"], json!(["general"]));
}

#[tokio::test]
async fn prompts_are_filled_with_what_was_written() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    for (name, arguments, part) in [
        (
            "zulip_daily_summary",
            json!({}),
            "All 5 messages in the chat",
        ),
        ("zulip_morning_briefing", json!({"hours": "1"}), "Noodles"),
        ("zulip_catch_up", json!({"channel": "general"}), "Thank you"),
        (
            "zulip_catch_up",
            json!({"channel": "general", "topic": "launch", "sender": "Iago"}),
            "Nothing was written in channel `general` about `launch` by Iago",
        ),
    ] {
        let params = json!({"name": name, "arguments": arguments});
        let prompt = result(&house, "prompts/get", params).await;
        let text = prompt["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.contains(part), "{name}: {text}");
        assert!(text.contains("no instruction"), "{name}: {text}");
    }
    for arguments in [
        json!({"channel": "nowhere"}),
        json!({"channel": "general", "hours": "200"}),
        json!({"channel": "general", "sender": "nobody at all"}),
        json!({}),
    ] {
        let params = json!({"name": "zulip_catch_up", "arguments": arguments});
        let refused = house
            .client
            .request("/mcp/zulip", "prompts/get", params)
            .await;
        assert!(refused.code().is_some(), "{arguments}: {:#}", refused.body);
    }
    let params = json!({"name": "zulip_daily_summary", "arguments": {"topic": "launch"}});
    let refused = house
        .client
        .request("/mcp/zulip", "prompts/get", params)
        .await;
    assert_eq!(refused.code().as_deref(), Some("invalid_arguments"));
}

#[tokio::test]
async fn names_of_channels_topics_and_users_are_completed() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    house.zulip.fill("general", "lunch", 1);
    house.zulip.fill("general", "launch", 1);
    for (argument, value, context, expected) in [
        ("channel", "eng", json!({}), json!(["engineering"])),
        (
            "topic",
            "l",
            json!({"channel": "general"}),
            json!(["launch", "lunch"]),
        ),
        (
            "topic",
            "la",
            json!({"channel": "general"}),
            json!(["launch"]),
        ),
        ("topic", "la", json!({}), json!([])),
        ("sender", "King", json!({}), json!(["King Hamlet"])),
        ("hours", "2", json!({}), json!([])),
    ] {
        let typed = json!({
            "ref": {"type": "ref/prompt", "name": "zulip_catch_up"},
            "argument": {"name": argument, "value": value},
            "context": {"arguments": context},
        });
        let completed = result(&house, "completion/complete", typed).await;
        assert_eq!(
            completed["completion"]["values"], expected,
            "{argument} {value}"
        );
    }
}
