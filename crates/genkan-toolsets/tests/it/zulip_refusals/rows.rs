//! Bad input, a row for each: a tool, its arguments, the code.

use serde_json::{Value, json};

type Row = (&'static str, Value, &'static str);

const INVALID: &str = "invalid_arguments";

/// Every row.
pub(super) fn all() -> Vec<Row> {
    [messages(), places(), searches(), people(), unsent()].concat()
}

/// Messages that are sent, read, edited and reacted to.
#[rustfmt::skip]
fn messages() -> Vec<Row> {
    let send = |name: &str, value: Value| {
        let mut good = json!({"type": "channel", "to": "general", "topic": "t", "content": "x"});
        good[name] = value;
        good
    };
    let post = |name: &str, value: Value| {
        let mut good = json!({"channels": ["general"], "topic": "t", "content": "x"});
        good[name] = value;
        good
    };
    vec![
        ("send_message", send("topic", json!(null)), INVALID),
        ("send_message", send("topic", json!(" ")), INVALID),
        ("send_message", send("topic", json!("𝕏".repeat(61))), "too_large"),
        ("send_message", send("content", json!("")), INVALID),
        ("send_message", send("content", json!(" \n")), INVALID),
        ("send_message", send("content", json!("ü".repeat(10_001))), "too_large"),
        ("send_message", send("to", json!("nowhere")), "no_such_item"),
        ("send_message", send("to", json!("leads")), "no_such_item"),
        ("send_message", send("to", json!(4)), "no_such_item"),
        ("send_message", send("to", json!(["general", "engineering"])), INVALID),
        ("send_message", send("to", json!([])), INVALID),
        ("send_message", send("to", json!("\u{202e}\"#'🐙")), "no_such_item"),
        ("send_message", send("type", json!("stream")), INVALID),
        ("send_message", send("type", json!("direct")), INVALID),
        ("send_message", send("identity", json!("admin")), INVALID),
        ("send_message", json!({"type": "direct", "to": "nobody", "content": "x"}), "no_such_item"),
        ("send_message", json!({"type": "direct", "to": [], "content": "x"}), INVALID),
        ("send_message", json!({"type": "direct", "to": vec![1; 101], "content": "x"}), INVALID),
        ("send_message", json!({"type": "direct", "to": 1, "content": "a\u{0}b"}), INVALID),
        ("edit_message", json!({"message_id": 102}), INVALID),
        ("edit_message", json!({"message_id": 102, "content": ""}), INVALID),
        ("edit_message", json!({"message_id": 102, "topic": "x".repeat(61)}), "too_large"),
        ("edit_message", json!({"message_id": 101, "content": "not mine"}), INVALID),
        ("edit_message", json!({"message_id": 102, "channel": "nowhere"}), "no_such_item"),
        ("edit_message", json!({"message_id": 102, "topic": "x", "propagate_mode": "all"}), INVALID),
        ("get_message", json!({"message_id": 1}), INVALID),
        ("get_message", json!({"message_id": 106}), INVALID),
        ("get_message", json!({"message_id": -1}), INVALID),
        ("get_message", json!({"message_id": "102"}), INVALID),
        ("delete_message", json!({"message_id": 101}), INVALID),
        ("add_reaction", json!({"message_id": 102, "emoji_name": "not_there"}), INVALID),
        ("add_reaction", json!({"message_id": 102, "emoji_name": "tada", "emoji_code": "0"}), INVALID),
        ("add_reaction", json!({"message_id": 106, "emoji_name": "tada"}), INVALID),
        ("remove_reaction", json!({"message_id": 102, "emoji_name": ""}), INVALID),
        ("cross_post_message", post("channels", json!([])), INVALID),
        ("cross_post_message", post("channels", json!(vec!["general"; 51])), INVALID),
        ("cross_post_message", post("channels", json!("general")), INVALID),
        ("cross_post_message", post("topic", json!(" ")), INVALID),
        ("cross_post_message", post("topic", json!("🐙".repeat(61))), "too_large"),
        ("cross_post_message", post("content", json!("")), INVALID),
        ("cross_post_message", post("content", json!("ü".repeat(10_001))), "too_large"),
    ]
}

/// Channels and topics.
#[rustfmt::skip]
fn places() -> Vec<Row> {
    vec![
        ("get_channel_info", json!({"channel": "leads"}), "no_such_item"),
        ("get_channel_topics", json!({"channel": "general", "limit": 0}), INVALID),
        ("create_channel", json!({"name": " "}), INVALID),
        ("create_channel", json!({"name": "🐙".repeat(61)}), "too_large"),
        ("create_channel", json!({"name": "GENERAL"}), "already_exists"),
        ("create_channel", json!({"name": "x", "users": ["nobody"]}), "no_such_item"),
        ("subscribe", json!({"channels": ["nowhere"]}), "no_such_item"),
        ("subscribe", json!({"channels": []}), INVALID),
        ("subscribe", json!({"channels": ["general"], "users": ["nobody"]}), "no_such_item"),
        ("unsubscribe", json!({"channels": vec!["general"; 101]}), INVALID),
        ("update_channel", json!({"channel": "general"}), INVALID),
        ("update_channel", json!({"channel": "general", "name": " "}), INVALID),
        ("update_channel", json!({"channel": "general", "name": "🐙".repeat(61)}), "too_large"),
        ("update_channel", json!({"channel": "general", "description": "ü".repeat(1_025)}), "too_large"),
        ("update_channel", json!({"channel": "leads", "name": "x"}), "no_such_item"),
        ("update_channel", json!({"channel": "general", "private": "yes"}), INVALID),
        ("create_channel", json!({"name": "x", "description": "ü".repeat(1_025)}), "too_large"),
        ("archive_channel", json!({"channel": "nowhere"}), "no_such_item"),
        ("archive_channel", json!({"channel": 4}), "no_such_item"),
        ("archive_channel", json!({}), INVALID),
        ("move_topic", json!({"channel": "general", "topic": "welcome"}), INVALID),
        ("move_topic", json!({"channel": "general", "topic": "no such", "new_topic": "x"}), "no_such_item"),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_topic": "x".repeat(61)}), "too_large"),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_topic": ""}), INVALID),
        ("move_topic", json!({"channel": "general", "topic": "welcome", "new_channel": "leads"}), "no_such_item"),
        ("resolve_topic", json!({"channel": "general", "topic": "no such"}), "no_such_item"),
        ("resolve_topic", json!({"channel": "general", "topic": "x".repeat(60)}), "too_large"),
        ("resolve_topic", json!({"channel": "general"}), INVALID),
        ("delete_topic", json!({"channel": "general", "topic": "no such"}), "no_such_item"),
        ("delete_topic", json!({"channel": "leads", "topic": "budget"}), "no_such_item"),
        ("mute_topic", json!({"channel": "nowhere", "topic": "x"}), "no_such_item"),
        ("mute_topic", json!({"channel": "general", "topic": ""}), INVALID),
        ("mute_topic", json!({"channel": "general", "topic": "x".repeat(61)}), "too_large"),
        ("mute_topic", json!({"channel": "general", "topic": "x", "visibility": "loud"}), INVALID),
    ]
}

/// Searches and counts.
#[rustfmt::skip]
fn searches() -> Vec<Row> {
    vec![
        ("get_messages", json!({"hours_back": 0}), INVALID),
        ("get_messages", json!({"hours_back": 169}), INVALID),
        ("get_messages", json!({"limit": 101}), INVALID),
        ("get_messages", json!({"channel": "nowhere"}), "no_such_item"),
        ("search_messages", json!({"limit": 0}), INVALID),
        ("search_messages", json!({"sender": "nobody"}), "no_such_item"),
        ("search_messages", json!({"after_time": "2026-02-30"}), INVALID),
        ("search_messages", json!({"after_time": 20, "before_time": 10}), INVALID),
        ("search_messages", json!({"sort_by": "relevance"}), INVALID),
        ("get_daily_summary", json!({"hours_back": 169}), INVALID),
        ("get_daily_summary", json!({"channels": ["nowhere"]}), "no_such_item"),
        ("count_messages", json!({}), INVALID),
        ("count_messages", json!({"by": "emoji"}), INVALID),
        ("count_messages", json!({"by": "day", "limit": 101}), INVALID),
        ("count_messages", json!({"by": "day", "surprise": 1}), INVALID),
        ("count_messages", json!({"by": "day", "after_time": 20, "before_time": 10}), INVALID),
        ("construct_narrow", json!({"channel": "nowhere"}), "no_such_item"),
        ("construct_narrow", json!({"surprise": 1}), INVALID),
        ("check_messages_match_narrow", json!({"message_ids": []}), INVALID),
        ("check_messages_match_narrow", json!({"message_ids": vec![1; 101]}), INVALID),
        ("check_messages_match_narrow", json!({"message_ids": [1], "surprise": 1}), INVALID),
        ("search_messages", json!({"surprise": 1}), INVALID),
        ("search_messages", json!({"channel": ["general"]}), INVALID),
        ("search_messages", json!({"last_hours": -1}), INVALID),
    ]
}

/// People, their groups, and what they say of themselves.
#[rustfmt::skip]
fn people() -> Vec<Row> {
    vec![
        ("get_users", json!({"limit": 1001}), INVALID),
        ("get_user_presence", json!({"user": "nobody"}), "no_such_item"),
        ("get_user_presence", json!({"user": 99}), "no_such_item"),
        ("get_user_status", json!({"user": "\u{202e}🐙"}), "no_such_item"),
        ("get_user_status", json!({"user": ["iago"]}), INVALID),
        ("update_status", json!({}), INVALID),
        ("update_status", json!({"text": "𝕏".repeat(61)}), "too_large"),
        ("update_status", json!({"emoji_name": "not_there"}), INVALID),
        ("mute_user", json!({"user": "nobody"}), "no_such_item"),
        ("mute_user", json!({"user": "hamlet"}), INVALID),
        ("mute_user", json!({"user": "iago", "muted": false}), INVALID),
        ("get_user_groups", json!({"group": "no such"}), "no_such_item"),
        ("get_user_groups", json!({"group": 9}), "no_such_item"),
        ("get_user_groups", json!({"identity": "bot"}), INVALID),
        ("manage_user_group", json!({"action": "create"}), INVALID),
        ("manage_user_group", json!({"action": "create", "name": " "}), INVALID),
        ("manage_user_group", json!({"action": "create", "name": "hamletcharacters"}), INVALID),
        ("manage_user_group", json!({"action": "create", "name": "x", "add": ["nobody"]}), "no_such_item"),
        ("manage_user_group", json!({"action": "create", "name": "x", "remove": ["iago"]}), INVALID),
        ("manage_user_group", json!({"action": "update", "group": "hamletcharacters"}), INVALID),
        ("manage_user_group", json!({"action": "update", "group": "no such", "name": "x"}), "no_such_item"),
        ("manage_user_group", json!({"action": "delete"}), INVALID),
        ("manage_user_group", json!({"action": "delete", "group": 2}), INVALID),
        ("get_realm_presence", json!({"limit": 0}), INVALID),
        ("get_mutes", json!({"user": 1}), INVALID),
        ("get_own_user", json!({"surprise": 1}), INVALID),
        ("resolve_user", json!({}), INVALID),
    ]
}

/// What is not sent yet.
#[rustfmt::skip]
fn unsent() -> Vec<Row> {
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
    vec![
        ("scheduled_messages", json!({}), INVALID),
        ("scheduled_messages", json!({"action": "send"}), INVALID),
        ("scheduled_messages", json!({"action": "list", "id": 1}), INVALID),
        ("scheduled_messages", json!({"action": "delete"}), INVALID),
        ("scheduled_messages", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("scheduled_messages", json!({"action": "delete", "id": 7, "topic": "t"}), INVALID),
        ("scheduled_messages", json!({"action": "update", "id": 7}), INVALID),
        ("scheduled_messages", json!({"action": "update", "id": 7, "to": "general"}), INVALID),
        ("scheduled_messages", json!({"action": "update", "id": 7, "type": "direct"}), INVALID),
        ("scheduled_messages", json!({"action": "update", "id": 7, "content": " "}), INVALID),
        ("scheduled_messages", json!({"action": "update", "id": 7, "content": "x"}), "no_such_item"),
        ("scheduled_messages", json!({"action": "update", "content": "x"}), INVALID),
        ("scheduled_messages", schedule("id", json!(7)), INVALID),
        ("scheduled_messages", schedule("deliver_at", json!("2020-01-01")), INVALID),
        ("scheduled_messages", schedule("deliver_at", json!("tomorrow")), INVALID),
        ("scheduled_messages", schedule("content", json!("ü".repeat(10_001))), "too_large"),
        ("scheduled_messages", schedule("topic", json!("x".repeat(61))), "too_large"),
        ("scheduled_messages", schedule("topic", json!(null)), INVALID),
        ("scheduled_messages", schedule("to", json!("nowhere")), "no_such_item"),
        ("scheduled_messages", schedule("to", json!(["general", "engineering"])), INVALID),
        ("scheduled_messages", schedule("type", json!("direct")), INVALID),
        ("drafts", json!({"action": "create"}), INVALID),
        ("drafts", json!({"action": "create", "content": " "}), INVALID),
        ("drafts", json!({"action": "create", "content": "ü".repeat(10_001)}), "too_large"),
        ("drafts", json!({"action": "create", "content": "x", "topic": "t"}), INVALID),
        ("drafts", json!({"action": "create", "content": "x", "type": "channel", "to": "general"}), INVALID),
        ("drafts", json!({"action": "create", "content": "x", "type": "channel", "to": "leads", "topic": "t"}), "no_such_item"),
        ("drafts", json!({"action": "edit", "content": "x"}), INVALID),
        ("drafts", json!({"action": "edit", "id": 7, "content": "x"}), "no_such_item"),
        ("drafts", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("drafts", json!({"action": "delete", "id": 7, "content": "x"}), INVALID),
        ("drafts", json!({"action": "list", "to": 1}), INVALID),
        ("drafts", json!({"action": "send"}), INVALID),
        ("reminders", json!({"action": "create", "message_id": 101}), INVALID),
        ("reminders", json!({"action": "create", "remind_at": "2100-01-01"}), INVALID),
        ("reminders", json!({"action": "create", "message_id": 101, "remind_at": "2020-01-01"}), INVALID),
        ("reminders", json!({"action": "create", "message_id": 106, "remind_at": "2100-01-01"}), INVALID),
        ("reminders", remind("note", json!("ü".repeat(1_001))), "too_large"),
        ("reminders", remind("remind_at", json!("soon")), INVALID),
        ("reminders", remind("id", json!(1)), INVALID),
        ("reminders", json!({"action": "delete", "id": 7}), "no_such_item"),
        ("reminders", json!({"action": "delete"}), INVALID),
        ("reminders", json!({"action": "list", "note": "x"}), INVALID),
    ]
}
