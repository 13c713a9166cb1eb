//! Searches whose messages are counted, matched or written down, and one message for many channels.

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn messages_are_counted_by_channel_topic_sender_and_day() {
    TestDb::each(async |database| {
        let house = ZulipHouse::open(&database).await;
        house.zulip.fill("engineering", "many", 2_500);
        let sent = json!({"type": "direct", "to": "iago", "content": "direct"});
        house.ok("send_message", sent).await;
        let count = async |arguments: Value| house.ok("count_messages", arguments).await;
        let channels = count(json!({"by": "channel"})).await;
        assert_eq!(
            (&channels["total"], &channels["complete"]),
            (&json!(2_506), &json!(true))
        );
        let group = |name: &str, messages: u64| json!({"name": name, "messages": messages});
        let expected = [
            group("engineering", 2_502),
            group("general", 2),
            group("", 1),
            group("#social ☕", 1),
        ];
        assert_eq!(channels["groups"], json!(expected));
        let topics = count(json!({"by": "topic", "limit": 1})).await;
        let many = json!({"name": "many", "channel": "engineering", "messages": 2_500});
        assert_eq!(
            (&topics["groups"], &topics["others"]),
            (&json!([many]), &json!(6))
        );
        let senders = count(json!({"by": "sender", "channel": "engineering"})).await;
        let expected = [group("Iago", 1_251), group("King Hamlet", 1_251)];
        assert_eq!(senders["groups"], json!(expected));
        let days = count(json!({"by": "day", "last_days": 2, "sender": "cordelia"})).await;
        assert_eq!(days["total"], 1);
        assert_eq!(
            days["groups"][0]["name"].as_str().unwrap().len(),
            "2026-11-01".len()
        );
        house.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_count_beyond_its_bound_says_so() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    house.zulip.fill("engineering", "many", 10_000);
    let counted = json!({"by": "topic", "topic": "many"});
    let exact = house.ok("count_messages", counted.clone()).await;
    assert_eq!(
        (&exact["total"], &exact["complete"]),
        (&json!(10_000), &json!(true))
    );
    house.zulip.fill("engineering", "many", 1);
    let cut = house.ok("count_messages", counted).await;
    assert_eq!(
        (&cut["total"], &cut["complete"]),
        (&json!(10_000), &json!(false))
    );
}

#[tokio::test]
async fn a_search_is_written_down_and_held_against_messages() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let search = json!({"channel": "#engineering", "sender": "hamlte", "query": "3 minutes", "has_link": false});
    let told = house.ok("construct_narrow", search.clone()).await;
    let term = |operator: &str, operand: Value, negated: bool| json!({"operator": operator, "operand": operand, "negated": negated});
    let expected = [
        term("stream", json!(2), false),
        term("sender", json!(2), false),
        term("search", json!("3 minutes"), false),
        term("has", json!("link"), true),
    ];
    assert_eq!(told["narrow"], json!(expected));
    assert_eq!(
        house.ok("construct_narrow", json!({})).await["narrow"],
        json!([])
    );
    let mut matched = search;
    // 106 lies in a channel that is not seen, and 999 is not there.
    matched["message_ids"] = json!([104, 999, 103, 106]);
    let matched = house.ok("check_messages_match_narrow", matched).await;
    assert_eq!(matched["matching"], json!([104]));
    let all = json!({"message_ids": [104, 106, 101]});
    let all = house.ok("check_messages_match_narrow", all).await;
    assert_eq!(all["matching"], json!([104, 101]));
}

#[tokio::test]
async fn one_message_goes_to_several_channels_each_with_its_result() {
    TestDb::each(async |database| {
        let house = ZulipHouse::open(&database).await;
        let content = "# same\n\t**everywhere** 🐙";
        let message = json!({
            "channels": ["general", "nowhere", "#social ☕", "leads", 2], "topic": "news", "content": content,
        });
        let told = house.ok("cross_post_message", message).await;
        assert_eq!(told["sent"], 3);
        let results = told["results"].as_array().unwrap().iter();
        let results: Vec<_> = results
            .map(|one| (one["channel"].clone(), one["error"]["code"].clone()))
            .collect();
        let expected = json!([
            ["general", null],
            ["nowhere", "no_such_item"],
            ["#social ☕", null],
            ["leads", "no_such_item"],
            ["2", null],
        ]);
        assert_eq!(json!(results), expected);
        let contents = house.zulip.contents();
        assert_eq!(contents.iter().filter(|one| *one == content).count(), 3);
        house.app.stop().await;
    })
    .await;
}
