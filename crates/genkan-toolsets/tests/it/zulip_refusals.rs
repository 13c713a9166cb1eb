//! Bad input, tool by tool: what is refused, with which code, and that nothing was sent for it.

use genkan_testkit::{TestDb, zulip};
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
    let schedule = |name: &str, value: Value| {
        let mut good = json!({
            "action": "create", "type": "channel", "to": "general", "topic": "t", "content": "x",
            "deliver_at": "2100-01-01",
        });
        good[name] = value;
        good
    };
    let remind = |name: &str, value: Value| {
        let mut good = json!({"action": "create", "message_id": 101, "remind_at": "2100-01-01"});
        good[name] = value;
        good
    };
    let post = |name: &str, value: Value| {
        let mut good = json!({"channels": ["general"], "topic": "t", "content": "x"});
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
        ("update_channel", json!({"channel": "general"}), invalid),
        ("update_channel", json!({"channel": "general", "name": " "}), invalid),
        ("update_channel", json!({"channel": "general", "name": "🐙".repeat(61)}), "too_large"),
        ("update_channel", json!({"channel": "general", "description": "ü".repeat(1_025)}), "too_large"),
        ("update_channel", json!({"channel": "leads", "name": "x"}), "no_such_item"),
        ("update_channel", json!({"channel": "general", "private": "yes"}), invalid),
        ("create_channel", json!({"name": "x", "description": "ü".repeat(1_025)}), "too_large"),
        ("archive_channel", json!({"channel": "nowhere"}), "no_such_item"),
        ("archive_channel", json!({"channel": 4}), "no_such_item"),
        ("archive_channel", json!({}), invalid),
        ("get_user_presence", json!({"user": "nobody"}), "no_such_item"),
        ("get_user_presence", json!({"user": 99}), "no_such_item"),
        ("get_user_status", json!({"user": "\u{202e}🐙"}), "no_such_item"),
        ("get_user_status", json!({"user": ["iago"]}), invalid),
        ("update_status", json!({}), invalid),
        ("update_status", json!({"text": "𝕏".repeat(61)}), "too_large"),
        ("update_status", json!({"emoji_name": "not_there"}), invalid),
        ("scheduled_messages", json!({}), invalid),
        ("scheduled_messages", json!({"action": "send"}), invalid),
        ("scheduled_messages", json!({"action": "list", "id": 1}), invalid),
        ("scheduled_messages", json!({"action": "delete"}), invalid),
        ("scheduled_messages", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("scheduled_messages", json!({"action": "delete", "id": 7, "topic": "t"}), invalid),
        ("scheduled_messages", json!({"action": "update", "id": 7}), invalid),
        ("scheduled_messages", json!({"action": "update", "id": 7, "to": "general"}), invalid),
        ("scheduled_messages", json!({"action": "update", "id": 7, "type": "direct"}), invalid),
        ("scheduled_messages", json!({"action": "update", "id": 7, "content": " "}), invalid),
        ("scheduled_messages", json!({"action": "update", "id": 7, "content": "x"}), "no_such_item"),
        ("scheduled_messages", json!({"action": "update", "content": "x"}), invalid),
        ("scheduled_messages", schedule("id", json!(7)), invalid),
        ("scheduled_messages", schedule("deliver_at", json!("2020-01-01")), invalid),
        ("scheduled_messages", schedule("deliver_at", json!("tomorrow")), invalid),
        ("scheduled_messages", schedule("content", json!("ü".repeat(10_001))), "too_large"),
        ("scheduled_messages", schedule("topic", json!("x".repeat(61))), "too_large"),
        ("scheduled_messages", schedule("topic", json!(null)), invalid),
        ("scheduled_messages", schedule("to", json!("nowhere")), "no_such_item"),
        ("scheduled_messages", schedule("to", json!(["general", "engineering"])), invalid),
        ("scheduled_messages", schedule("type", json!("direct")), invalid),
        ("drafts", json!({"action": "create"}), invalid),
        ("drafts", json!({"action": "create", "content": " "}), invalid),
        ("drafts", json!({"action": "create", "content": "ü".repeat(10_001)}), "too_large"),
        ("drafts", json!({"action": "create", "content": "x", "topic": "t"}), invalid),
        ("drafts", json!({"action": "create", "content": "x", "type": "channel", "to": "general"}), invalid),
        ("drafts", json!({"action": "create", "content": "x", "type": "channel", "to": "leads", "topic": "t"}), "no_such_item"),
        ("drafts", json!({"action": "edit", "content": "x"}), invalid),
        ("drafts", json!({"action": "edit", "id": 7, "content": "x"}), "no_such_item"),
        ("drafts", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("drafts", json!({"action": "delete", "id": 7, "content": "x"}), invalid),
        ("drafts", json!({"action": "list", "to": 1}), invalid),
        ("drafts", json!({"action": "send"}), invalid),
        ("reminders", json!({"action": "create", "message_id": 101}), invalid),
        ("reminders", json!({"action": "create", "remind_at": "2100-01-01"}), invalid),
        ("reminders", json!({"action": "create", "message_id": 101, "remind_at": "2020-01-01"}), invalid),
        ("reminders", json!({"action": "create", "message_id": 106, "remind_at": "2100-01-01"}), invalid),
        ("reminders", remind("note", json!("ü".repeat(1_001))), "too_large"),
        ("reminders", remind("remind_at", json!("soon")), invalid),
        ("reminders", remind("id", json!(1)), invalid),
        ("reminders", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("reminders", json!({"action": "delete"}), invalid),
        ("reminders", json!({"action": "list", "note": "x"}), invalid),
        ("cross_post_message", post("channels", json!([])), invalid),
        ("cross_post_message", post("channels", json!(vec!["general"; 51])), invalid),
        ("cross_post_message", post("channels", json!("general")), invalid),
        ("cross_post_message", post("topic", json!(" ")), invalid),
        ("cross_post_message", post("topic", json!("🐙".repeat(61))), "too_large"),
        ("cross_post_message", post("content", json!("")), invalid),
        ("cross_post_message", post("content", json!("ü".repeat(10_001))), "too_large"),
        ("move_topic", json!({"channel": "general", "topic": "welcome"}), invalid),
        ("move_topic", json!({"channel": "general", "topic": "no such", "new_topic": "x"}), "no_such_item"),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_topic": "x".repeat(61)}), "too_large"),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_topic": ""}), invalid),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_channel": "leads"}), "no_such_item"),
        ("resolve_topic", json!({"channel": "general", "topic": "no such"}), "no_such_item"),
        ("resolve_topic", json!({"channel": "general", "topic": "x".repeat(60)}), "too_large"),
        ("resolve_topic", json!({"channel": "general"}), invalid),
        ("delete_topic", json!({"channel": "general", "topic": "no such"}), "no_such_item"),
        ("delete_topic", json!({"channel": "leads", "topic": "budget"}), "no_such_item"),
        ("mute_topic", json!({"channel": "nowhere", "topic": "x"}), "no_such_item"),
        ("mute_topic", json!({"channel": "general", "topic": ""}), invalid),
        ("mute_topic", json!({"channel": "general", "topic": "x".repeat(61)}), "too_large"),
        ("mute_topic", json!({"channel": "general", "topic": "x", "visibility": "loud"}), invalid),
        ("mute_user", json!({"user": "nobody"}), "no_such_item"),
        ("mute_user", json!({"user": "hamlet"}), invalid),
        ("mute_user", json!({"user": "iago", "muted": false}), invalid),
        ("get_user_groups", json!({"group": "no such"}), "no_such_item"),
        ("get_user_groups", json!({"group": 9}), "no_such_item"),
        ("get_user_groups", json!({"identity": "bot"}), invalid),
        ("manage_user_group", json!({"action": "create"}), invalid),
        ("manage_user_group", json!({"action": "create", "name": " "}), invalid),
        ("manage_user_group", json!({"action": "create", "name": "hamletcharacters"}), invalid),
        ("manage_user_group", json!({"action": "create", "name": "x", "add": ["nobody"]}), "no_such_item"),
        ("manage_user_group", json!({"action": "create", "name": "x", "remove": ["iago"]}), invalid),
        ("manage_user_group", json!({"action": "update", "group": "hamletcharacters"}), invalid),
        ("manage_user_group", json!({"action": "update", "group": "no such", "name": "x"}), "no_such_item"),
        ("manage_user_group", json!({"action": "delete"}), invalid),
        ("manage_user_group", json!({"action": "delete", "group": 2}), invalid),
        ("get_realm_presence", json!({"limit": 0}), invalid),
        ("get_mutes", json!({"user": 1}), invalid),
        ("count_messages", json!({}), invalid),
        ("count_messages", json!({"by": "emoji"}), invalid),
        ("count_messages", json!({"by": "day", "limit": 101}), invalid),
        ("count_messages", json!({"by": "day", "surprise": 1}), invalid),
        ("count_messages", json!({"by": "day", "after_time": 20, "before_time": 10}), invalid),
        ("construct_narrow", json!({"channel": "nowhere"}), "no_such_item"),
        ("construct_narrow", json!({"surprise": 1}), invalid),
        ("check_messages_match_narrow", json!({"message_ids": []}), invalid),
        ("check_messages_match_narrow", json!({"message_ids": vec![1; 101]}), invalid),
        ("check_messages_match_narrow", json!({"message_ids": [1], "surprise": 1}), invalid),
        ("search_messages", json!({"surprise": 1}), invalid),
        ("search_messages", json!({"channel": ["general"]}), invalid),
        ("search_messages", json!({"last_hours": -1}), invalid),
        ("get_own_user", json!({"surprise": 1}), invalid),
        ("resolve_user", json!({}), invalid),
    ]
}

#[tokio::test]
async fn bad_input_is_refused_with_its_code_and_sends_nothing() {
    let options = zulip::Options {
        generation: zulip::Generation::Eleven,
        ..zulip::Options::default()
    };
    let house = ZulipHouse::beside(&TestDb::sqlite(), options).await;
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
