//! The tools of toolset `zulip` through an MCP client, on both databases.

use genkan_testkit::{TestDb, zulip};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn a_message_is_sent_read_edited_reacted_to_and_deleted() {
    TestDb::each(async |database| {
        for generation in [zulip::Generation::Eight, zulip::Generation::Ten] {
            let options = zulip::Options {
                generation,
                ..zulip::Options::default()
            };
            goes_all_the_way(ZulipHouse::beside(&database, options).await).await;
        }
    })
    .await;
}

async fn goes_all_the_way(house: ZulipHouse) {
    let odd = "# Ä **x** & <b>\n```\n\tא 🐙\n```\n| a | b |";
    let sent = json!({"type": "channel", "to": "#social ☕", "topic": "ü + &", "content": odd});
    let id = house.ok("send_message", sent).await["id"].clone();
    let read = house.ok("get_message", json!({"message_id": id})).await;
    assert_eq!(read["message"]["content"], odd);
    assert_eq!(read["message"]["channel"], "#social ☕");
    assert_eq!(read["message"]["topic"], "ü + &");
    assert_eq!(read["message"]["sender"], "King Hamlet");
    let edit = json!({"message_id": id, "content": "other", "topic": "new", "channel": "General"});
    house.ok("edit_message", edit).await;
    let listed = json!({"channel": "general", "topic": "new"});
    let listed = house.ok("get_messages", listed).await;
    assert_eq!(listed["messages"][0]["content"], "other");
    assert_eq!(listed["has_more"], false);
    let emoji = json!({"message_id": id, "emoji_name": "tada"});
    for (tool, field, first) in [
        ("add_reaction", "added", true),
        ("add_reaction", "added", false),
        ("remove_reaction", "removed", true),
        ("remove_reaction", "removed", false),
    ] {
        let told = house.ok(tool, emoji.clone()).await;
        assert_eq!(told[field], first, "{tool}");
    }
    house.ok("delete_message", json!({"message_id": id})).await;
    let (code, _) = house
        .refused("get_message", &json!({"message_id": id}))
        .await;
    assert_eq!(code, "invalid_arguments");
    house.app.stop().await;
}

#[tokio::test]
async fn a_message_takes_others_of_its_topic_along() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let mut ids = Vec::new();
    for content in ["one", "two", "three"] {
        let sent = json!({"type": "channel", "to": "general", "topic": "old", "content": content});
        ids.push(house.ok("send_message", sent).await["id"].clone());
    }
    let count = async |topic: &str| {
        let of = json!({"channel": "general", "topic": topic});
        let told = house.ok("get_messages", of).await;
        told["messages"].as_array().unwrap().len()
    };
    for (mode, from, to, stay) in [
        ("change_later", "old", "later", 1),
        ("change_all", "later", "all", 0),
    ] {
        let edit = json!({"message_id": ids[1], "topic": to, "propagate_mode": mode});
        house.ok("edit_message", edit).await;
        assert_eq!((count(to).await, count(from).await), (2, stay), "{mode}");
    }
    house.app.stop().await;
}

#[tokio::test]
async fn user_and_bot_act_in_their_own_names() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    for (identity, name) in [("user", "King Hamlet"), ("bot", "Welcome Bot")] {
        let own = house
            .ok("get_own_user", json!({"identity": identity}))
            .await;
        assert_eq!(own["user"]["name"], name);
        let sent =
            json!({"type": "direct", "to": ["Iago", 3], "content": "hi", "identity": identity});
        let id = house.ok("send_message", sent).await["id"].clone();
        let read = json!({"message_id": id, "identity": identity});
        let read = house.ok("get_message", read).await;
        assert_eq!(read["message"]["sender"], name);
        assert_eq!(read["message"]["people"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_channel_is_made_described_left_and_joined() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let made = json!({"name": "größe 🐙", "description": "new", "users": ["cordelia"]});
    let id = house.ok("create_channel", made.clone()).await["id"].clone();
    let (code, _) = house.refused("create_channel", &made).await;
    assert_eq!(code, "already_exists");
    let told = house.ok("get_channel_info", json!({"channel": id})).await;
    assert_eq!(told["channel"]["name"], "größe 🐙");
    assert_eq!(told["subscribers"], 2);
    let mine = json!({"subscribed": true, "query": "GRÖSSE"});
    assert_eq!(house.ok("get_channels", mine).await["channels"], json!([]));
    let mine = json!({"subscribed": true, "query": "GRÖ"});
    assert_eq!(
        house.ok("get_channels", mine).await["channels"][0]["id"],
        id
    );
    let one = json!({"channels": ["größe 🐙"]});
    let left = house.ok("unsubscribe", one.clone()).await;
    assert_eq!(left["unsubscribed"], json!(["größe 🐙"]));
    let left = house.ok("unsubscribe", one.clone()).await;
    assert_eq!(left["not_subscribed"], json!(["größe 🐙"]));
    let joined = house.ok("subscribe", one.clone()).await;
    assert_eq!(joined["subscribed"], json!(["größe 🐙"]));
    let both = json!({"channels": ["größe 🐙"], "users": ["hamlet", "iago"]});
    let joined = house.ok("subscribe", both).await;
    assert_eq!(joined["subscribed"], json!(["größe 🐙"]));
    assert_eq!(joined["already_subscribed"], json!(["größe 🐙"]));
    for topic in ["a", "b"] {
        let sent = json!({"type": "channel", "to": id, "topic": topic, "content": "x"});
        house.ok("send_message", sent).await;
    }
    let topics = json!({"channel": id, "limit": 1});
    let topics = house.ok("get_channel_topics", topics).await;
    assert_eq!(
        (&topics["topics"][0]["name"], &topics["total"]),
        (&json!("b"), &json!(2))
    );
}

#[tokio::test]
async fn names_are_resolved_and_ambiguity_is_told() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let found = house.ok("resolve_user", json!({"name": "hamlte"})).await;
    assert_eq!(found["user"]["name"], "King Hamlet");
    let several = house.ok("resolve_user", json!({"name": "nobody"})).await;
    assert_eq!(several["candidates"], json!([]));
    house.zulip.add_user("kinglear", "King Lear");
    let several = house.ok("resolve_user", json!({"name": "king"})).await;
    // The list is fresh, so that it is not asked for again for a name that has an answer.
    assert_eq!(several["user"]["name"], "King Hamlet");
    let people = json!({"people_only": true, "query": "ZULIP.example", "limit": 2});
    let people = house.ok("get_users", people).await;
    assert_eq!(people["total"], 3);
    assert_eq!(people["users"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_warm_house_answers_the_first_lists_without_asking() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    house.chat.warm().await.unwrap();
    let before = house.zulip.asked().len();
    for (tool, arguments) in [
        ("get_channels", json!({})),
        ("get_users", json!({})),
        ("resolve_user", json!({"name": "iago"})),
    ] {
        house.ok(tool, arguments).await;
    }
    assert_eq!(house.zulip.asked().len(), before);
}

#[tokio::test]
async fn requests_carry_the_correlation_id_of_the_call() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let call = json!({"name": "zulip_get_own_user", "arguments": {}});
    let request = house.client.prepare("/mcp", "tools/call", call);
    let request = request.header("X-Correlation-ID", "from-the-caller-7");
    request.send().await.unwrap().error_for_status().unwrap();
    let ids = house.zulip.correlation_ids();
    assert_eq!(ids.last().map(String::as_str), Some("from-the-caller-7"));
}

#[tokio::test]
async fn keys_are_swapped_only_for_keys_that_open() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let mut wrong = house.zulip.access("cordelia");
    wrong.user.key = genkan_core::Secret::new("z".repeat(32));
    assert!(house.chat.swap(wrong).await.is_err());
    let own = house.ok("get_own_user", json!({})).await;
    assert_eq!(own["user"]["name"], "King Hamlet");
    let right = house.zulip.access("cordelia");
    house.chat.swap(right).await.unwrap();
    let own = house.ok("get_own_user", json!({})).await;
    assert_eq!(own["user"]["id"], 3);
}

#[tokio::test]
async fn a_lost_answer_to_a_send_is_found_and_nothing_is_doubled() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let sent = json!({"type": "channel", "to": "general", "topic": "t", "content": "once"});
    house
        .zulip
        .fail("POST /messages", 1, zulip::Fault::AfterDoing);
    house.ok("send_message", sent.clone()).await;
    house
        .zulip
        .fail("POST /messages", 1, zulip::Fault::Page(502));
    let (code, _) = house.refused("send_message", &sent).await;
    assert_eq!(code, "outcome_unknown");
    let contents = house.zulip.contents();
    let count = contents.iter().filter(|content| *content == "once").count();
    assert_eq!((count, house.asked("POST /messages")), (1, 2));
}

#[tokio::test]
async fn definitions_are_short_closed_and_say_what_they_change() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let listed = house
        .client
        .request("/mcp/zulip-full", "tools/list", json!({}))
        .await;
    let tools = listed.body["result"]["tools"].as_array().unwrap().clone();
    for tool in &tools {
        let name = tool["name"].as_str().unwrap();
        let reads = [
            "_get_",
            "_search_",
            "_resolve_user",
            "_server_",
            "_download_",
            "_count_",
            "_construct_",
            "_check_",
        ]
        .iter()
        .any(|verb| name.contains(verb));
        let destroys = [
            "_delete_",
            "_edit_",
            "_remove_",
            "_unsubscribe",
            "mark_read",
            "_manage_",
            "_update_",
            "_archive_",
            "_scheduled_",
            "_move_",
            "_mute_",
            "_resolve_topic",
            "_drafts",
            "_reminders",
        ];
        let destroys = destroys.iter().any(|verb| name.contains(verb));
        let annotations = &tool["annotations"];
        assert_eq!(annotations["readOnlyHint"], reads, "{name}");
        assert_eq!(annotations["destructiveHint"], destroys, "{name}");
        assert_eq!(annotations["openWorldHint"], true, "{name}");
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        for (schema, most) in [("inputSchema", 2_500), ("outputSchema", 1_200)] {
            let text = tool[schema].to_string();
            assert!(text.len() <= most, "{name} has {}: {text}", text.len());
            for word in ["$ref", "$defs", "null"] {
                assert!(!text.contains(word), "{name} has {word}: {text}");
            }
        }
    }
    let mut golden = Value::Array(tools);
    golden.sort_all_objects();
    insta::assert_json_snapshot!(golden);
}
