//! Bad input, tool by tool: what is refused, with which code, and that nothing was sent for it.

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

/// A tool, arguments, the code.
#[rustfmt::skip]
fn rows() -> Vec<(&'static str, Value, &'static str)> {
    let send = |name: &str, value: Value| {
        let mut good = json!({"type": "channel", "to": "general", "topic": "t", "content": "x"});
        good[name] = value;
        good
    };
    let invalid = "invalid_arguments";
    vec![
        ("send_message", send("topic", json!(null)), invalid),
        ("send_message", send("topic", json!(" ")), invalid),
        ("send_message", send("topic", json!("𝕏".repeat(61))), "too_large"),
        ("send_message", send("content", json!("")), invalid),
        ("send_message", send("content", json!(" \n")), invalid),
        ("send_message", send("content", json!("ü".repeat(10_001))), "too_large"),
        ("send_message", send("to", json!("nowhere")), "no_such_item"),
        ("send_message", send("to", json!("leads")), "no_such_item"),
        ("send_message", send("to", json!(4)), "no_such_item"),
        ("send_message", send("to", json!(["general", "engineering"])), invalid),
        ("send_message", send("to", json!([])), invalid),
        ("send_message", send("to", json!("\u{202e}\"#'🐙")), "no_such_item"),
        ("send_message", send("type", json!("stream")), invalid),
        ("send_message", send("type", json!("direct")), invalid),
        ("send_message", send("identity", json!("admin")), invalid),
        ("send_message", json!({"type": "direct", "to": "nobody", "content": "x"}), "no_such_item"),
        ("send_message", json!({"type": "direct", "to": [], "content": "x"}), invalid),
        ("send_message", json!({"type": "direct", "to": vec![1; 101], "content": "x"}), invalid),
        ("send_message", json!({"type": "direct", "to": 1, "content": "a\u{0}b"}), invalid),
        ("edit_message", json!({"message_id": 102}), invalid),
        ("edit_message", json!({"message_id": 102, "content": ""}), invalid),
        ("edit_message", json!({"message_id": 102, "topic": "x".repeat(61)}), "too_large"),
        ("edit_message", json!({"message_id": 101, "content": "not mine"}), invalid),
        ("edit_message", json!({"message_id": 102, "channel": "nowhere"}), "no_such_item"),
        ("edit_message", json!({"message_id": 102, "topic": "x", "propagate_mode": "all"}), invalid),
        ("get_message", json!({"message_id": 1}), invalid),
        ("get_message", json!({"message_id": 106}), invalid),
        ("get_message", json!({"message_id": -1}), invalid),
        ("get_message", json!({"message_id": "102"}), invalid),
        ("get_messages", json!({"hours_back": 0}), invalid),
        ("get_messages", json!({"hours_back": 169}), invalid),
        ("get_messages", json!({"limit": 101}), invalid),
        ("get_messages", json!({"channel": "nowhere"}), "no_such_item"),
        ("delete_message", json!({"message_id": 101}), invalid),
        ("add_reaction", json!({"message_id": 102, "emoji_name": "not_there"}), invalid),
        ("add_reaction", json!({"message_id": 102, "emoji_name": "tada", "emoji_code": "0"}), invalid),
        ("add_reaction", json!({"message_id": 106, "emoji_name": "tada"}), invalid),
        ("remove_reaction", json!({"message_id": 102, "emoji_name": ""}), invalid),
        ("get_channel_info", json!({"channel": "leads"}), "no_such_item"),
        ("get_channel_topics", json!({"channel": "general", "limit": 0}), invalid),
        ("create_channel", json!({"name": " "}), invalid),
        ("create_channel", json!({"name": "🐙".repeat(61)}), "too_large"),
        ("create_channel", json!({"name": "GENERAL"}), "already_exists"),
        ("create_channel", json!({"name": "x", "users": ["nobody"]}), "no_such_item"),
        ("subscribe", json!({"channels": ["nowhere"]}), "no_such_item"),
        ("subscribe", json!({"channels": []}), invalid),
        ("subscribe", json!({"channels": ["general"], "users": ["nobody"]}), "no_such_item"),
        ("unsubscribe", json!({"channels": vec!["general"; 101]}), invalid),
        ("get_users", json!({"limit": 1001}), invalid),
        ("search_messages", json!({"limit": 0}), invalid),
        ("search_messages", json!({"sender": "nobody"}), "no_such_item"),
        ("search_messages", json!({"after_time": "2026-02-30"}), invalid),
        ("search_messages", json!({"after_time": 20, "before_time": 10}), invalid),
        ("search_messages", json!({"sort_by": "relevance"}), invalid),
        ("get_daily_summary", json!({"hours_back": 169}), invalid),
        ("get_daily_summary", json!({"channels": ["nowhere"]}), "no_such_item"),
        ("get_own_user", json!({"surprise": 1}), invalid),
        ("resolve_user", json!({}), invalid),
    ]
}

#[tokio::test]
async fn bad_input_is_refused_with_its_code_and_sends_nothing() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let before = house.zulip.contents();
    for (tool, arguments, expected) in rows() {
        let (code, text) = house.refused(tool, &arguments).await;
        assert_eq!(code, expected, "{tool} {arguments}: {text}");
    }
    assert_eq!(house.zulip.contents(), before);
}

#[tokio::test]
async fn without_a_zulip_there_are_no_tools() {
    let app = genkan_testkit::TestApp::start(&TestDb::sqlite()).await;
    let answer = app.client().call("zulip_get_own_user", json!({})).await;
    assert_eq!(answer.code().as_deref(), Some("unknown_tool"));
}

#[tokio::test]
async fn who_may_only_read_sees_no_tool_that_writes() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let viewer = house
        .client
        .with_key(house.app.key(genkan_core::Role::Viewer).await);
    let read = viewer.call("zulip_get_channels", json!({})).await;
    assert!(read.structured()["channels"].is_array());
    let sent = json!({"type": "channel", "to": "general", "topic": "t", "content": "x"});
    let refused = viewer.call("zulip_send_message", sent).await;
    assert_eq!(refused.code().as_deref(), Some("unknown_tool"));
}
