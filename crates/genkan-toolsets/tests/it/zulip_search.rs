//! Walking through many messages while others write, and counting them exactly.

use std::collections::BTreeSet;

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

/// How many messages there are to walk through.
const MANY: u64 = 2_500;

/// Everything that a search finds, page by page, while somebody writes between the pages.
async fn walk(house: &ZulipHouse, mut arguments: Value) -> Vec<u64> {
    let mut found = Vec::new();
    loop {
        let page = house.ok("search_messages", arguments.clone()).await;
        let messages = page["messages"].as_array().unwrap();
        found.extend(
            messages
                .iter()
                .map(|message| message["id"].as_u64().unwrap()),
        );
        house.zulip.fill("engineering", "many", 3);
        match page.get("next_cursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => return found,
        }
    }
}

#[tokio::test]
async fn the_cursor_walks_many_messages_without_gap_or_repeat_while_others_write() {
    TestDb::each(async |database| {
        let house = ZulipHouse::open(&database).await;
        let written = house.zulip.fill("engineering", "many", MANY);
        let asked = json!({"channel": "engineering", "topic": "many", "limit": 100});
        let found = walk(&house, asked.clone()).await;
        let seen: BTreeSet<u64> = found.iter().copied().collect();
        assert_eq!(seen.len(), found.len(), "no message came twice");
        assert!(found.is_sorted_by(|a, b| a > b));
        let first: BTreeSet<u64> = written.into_iter().collect();
        assert!(first.is_subset(&seen), "no message is missing");
        assert_eq!(seen, first, "what came later is newer than the begin");
    })
    .await;
}

#[tokio::test]
async fn a_search_is_narrowed_by_all_that_it_says() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let count = async |arguments: Value| {
        let found = house.ok("search_messages", arguments).await;
        found["messages"].as_array().unwrap().len()
    };
    for (arguments, expected) in [
        (json!({"query": "UPGRADE minutes"}), 1),
        (json!({"sender": "iago"}), 1),
        (json!({"sender": "iago", "channel": "general"}), 0),
        (json!({"has_link": true}), 1),
        (json!({"has_link": false}), 4),
        (json!({"is_private": true}), 0),
        (json!({"topic": "lunch"}), 1),
        (json!({"last_hours": 1}), 5),
        (json!({"before_time": "2020-01-01"}), 0),
        (
            json!({"after_time": "2020-01-01T00:00:00Z", "sort_by": "oldest"}),
            5,
        ),
        (json!({"limit": 2, "sort_by": "oldest"}), 2),
    ] {
        assert_eq!(count(arguments.clone()).await, expected, "{arguments}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_search_alone() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let asked = json!({"channel": "general", "limit": 1});
    let page = house.ok("search_messages", asked.clone()).await;
    let cursor = page["next_cursor"].clone();
    for (name, value) in [
        ("channel", json!("engineering")),
        ("sort_by", json!("oldest")),
        ("query", json!("x")),
        ("cursor", json!("1...x")),
        ("cursor", json!("")),
    ] {
        let mut other = asked.clone();
        other["cursor"] = cursor.clone();
        other[name] = value;
        let (code, _) = house.refused("search_messages", &other).await;
        assert_eq!(code, "invalid_cursor", "{other}");
    }
}

#[tokio::test]
async fn the_summary_counts_many_messages_exactly() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    house.zulip.fill("engineering", "many", MANY);
    house.zulip.fill("engineering", "few", 7);
    let sent = json!({"type": "direct", "to": "iago", "content": "not counted"});
    house.ok("send_message", sent).await;
    let named = json!({"channels": ["engineering", "#engineering"]});
    let told = house.ok("get_daily_summary", named).await;
    // Two were there already.
    assert_eq!(told["total"], MANY + 7 + 2);
    assert_eq!(told["channels"].as_array().unwrap().len(), 1);
    let topics = &told["channels"][0]["topics"];
    assert_eq!(topics[0], json!({"topic": "many", "messages": MANY}));
    assert_eq!(topics[1], json!({"topic": "few", "messages": 7}));
    let senders = told["top_senders"].as_array().unwrap();
    let sum: u64 = senders
        .iter()
        .map(|one| one["messages"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, MANY + 7 + 2);
    let all = house
        .ok("get_daily_summary", json!({"hours_back": 1}))
        .await;
    // Two in `general`, one in `#social ☕`.
    assert_eq!(all["total"], MANY + 7 + 5);
}
