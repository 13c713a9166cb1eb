//! Which tools of the chat each profile shows.

use std::collections::BTreeSet;

use genkan_testkit::TestDb;
use serde_json::json;

use crate::zulip_house::ZulipHouse;

/// Those that every client has.
const EVERYDAY: [&str; 20] = [
    "add_reaction",
    "download_file",
    "edit_message",
    "get_channel_info",
    "get_channel_topics",
    "get_channels",
    "get_daily_summary",
    "get_message",
    "get_messages",
    "get_own_user",
    "get_users",
    "mark_read",
    "remove_reaction",
    "resolve_user",
    "search_messages",
    "send_message",
    "send_messages",
    "subscribe",
    "unsubscribe",
    "upload_file",
];

/// Those that profile `zulip-full` has beside them.
const FURTHER: [&str; 25] = [
    "archive_channel",
    "check_messages_match_narrow",
    "construct_narrow",
    "count_messages",
    "create_channel",
    "cross_post_message",
    "delete_message",
    "delete_topic",
    "drafts",
    "get_mutes",
    "get_realm_presence",
    "get_user_groups",
    "get_user_presence",
    "get_user_status",
    "manage_message_flags",
    "manage_user_group",
    "move_topic",
    "mute_topic",
    "mute_user",
    "reminders",
    "resolve_topic",
    "scheduled_messages",
    "server_info",
    "update_channel",
    "update_status",
];

async fn shown(house: &ZulipHouse, path: &str) -> BTreeSet<String> {
    let listed = house.client.request(path, "tools/list", json!({})).await;
    let tools = listed.body["result"]["tools"].as_array().unwrap();
    let names = tools.iter().map(|tool| tool["name"].as_str().unwrap());
    let of_chat = names.filter_map(|name| name.strip_prefix("zulip_"));
    of_chat.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_default_profile_has_the_everyday_tools_and_the_full_one_all() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let everyday: BTreeSet<String> = EVERYDAY.map(str::to_owned).into();
    let further: BTreeSet<String> = FURTHER.map(str::to_owned).into();
    assert_eq!(shown(&house, "/mcp").await, everyday);
    assert_eq!(shown(&house, "/mcp/zulip").await, everyday);
    let all: BTreeSet<String> = everyday.union(&further).cloned().collect();
    assert_eq!(shown(&house, "/mcp/zulip-full").await, all);
}

#[tokio::test]
async fn a_tool_outside_the_profile_is_unknown_there() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let call = json!({"name": "zulip_server_info", "arguments": {}});
    for path in ["/mcp", "/mcp/zulip"] {
        let refused = house.client.request(path, "tools/call", call.clone()).await;
        assert_eq!(refused.code().as_deref(), Some("unknown_tool"), "{path}");
    }
    for path in ["/mcp/knowledge-full", "/mcp/admin-full"] {
        let refused = house.client.request(path, "tools/list", json!({})).await;
        assert_eq!(refused.code().as_deref(), Some("not_found"), "{path}");
    }
}

#[test]
fn the_page_about_the_chat_names_every_tool() {
    let page = include_str!("../../../../docs/zulip.md");
    for tool in EVERYDAY.iter().chain(&FURTHER) {
        assert!(page.contains(&format!("`zulip_{tool}`")), "{tool}");
    }
}
