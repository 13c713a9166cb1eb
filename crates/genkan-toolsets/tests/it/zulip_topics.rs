//! Topics as a whole: moved, resolved, heard of more or less, deleted.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options},
};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

async fn topics(house: &ZulipHouse, channel: &str) -> Vec<String> {
    let told = house
        .ok("get_channel_topics", json!({"channel": channel}))
        .await;
    let topics = told["topics"].as_array().unwrap().iter();
    topics
        .map(|topic| topic["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_topic_is_moved_with_all_its_messages_resolved_and_deleted() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let options = Options {
                generation,
                ..Options::default()
            };
            let house = ZulipHouse::beside(&database, options).await;
            house.act_as("iago").await;
            let written = house.zulip.fill("engineering", "old", 2_500);
            let moved = json!({
                "channel": "engineering", "topic": "old", "new_topic": "größer 🐙", "new_channel": "#general",
            });
            let moved = house.ok("move_topic", moved).await;
            assert_eq!(moved, json!({"channel": "general", "topic": "größer 🐙"}));
            assert!(!topics(&house, "engineering").await.contains(&"old".to_owned()));
            let count = json!({"channel": "general", "topic": "größer 🐙", "by": "topic"});
            assert_eq!(house.ok("count_messages", count.clone()).await["total"], written.len());
            let topic = |name: &str| json!({"channel": "general", "topic": name});
            for (name, resolved, expected, changed) in [
                ("größer 🐙", true, "✔ größer 🐙", true),
                ("größer 🐙", true, "✔ größer 🐙", false),
                ("✔ größer 🐙", true, "✔ größer 🐙", false),
                ("größer 🐙", false, "größer 🐙", true),
                ("✔ größer 🐙", false, "größer 🐙", false),
            ] {
                let mut arguments = topic(name);
                arguments["resolved"] = json!(resolved);
                let told = house.ok("resolve_topic", arguments).await;
                assert_eq!(told, json!({"topic": expected, "changed": changed}), "{name} {resolved}");
            }
            let deleted = house.ok("delete_topic", topic("größer 🐙")).await;
            assert_eq!(deleted["complete"], true);
            // The Zulip of the test deletes a thousand at once.
            assert_eq!(house.asked("POST /streams"), 3);
            assert_eq!(house.ok("count_messages", count).await["total"], 0);
            house.app.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_muted_and_followed_is_listed() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let options = Options {
                generation,
                ..Options::default()
            };
            let house = ZulipHouse::beside(&database, options).await;
            let mutes = async || house.ok("get_mutes", json!({})).await;
            assert_eq!(mutes().await, json!({"topics": [], "muted_users": []}));
            for (topic, visibility) in [("a 🐙", None), ("b", Some("followed")), ("c", Some("unmuted"))] {
                let mut arguments = json!({"channel": "general", "topic": topic});
                if let Some(visibility) = visibility {
                    arguments["visibility"] = json!(visibility);
                }
                house.ok("mute_topic", arguments).await;
            }
            house.ok("mute_user", json!({"user": "cordelia"})).await;
            let visible = |topic: &str, visibility: &str| json!({"channel": "general", "topic": topic, "visibility": visibility});
            let expected = [
                visible("a 🐙", "muted"),
                visible("b", "followed"),
                visible("c", "unmuted"),
            ];
            let told = mutes().await;
            assert_eq!(told["topics"], json!(expected));
            assert_eq!(told["muted_users"], json!(["Cordelia, Lear's daughter"]));
            house.ok("mute_user", json!({"user": 3, "muted": false})).await;
            for topic in ["a 🐙", "b", "c"] {
                house.ok("mute_topic", visible(topic, "default")).await;
            }
            assert_eq!(mutes().await, json!({"topics": [], "muted_users": []}));
            house.app.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_delete_a_topic_is_told_so() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let topic: Value = json!({"channel": "general", "topic": "welcome"});
    let (code, _) = house.refused("delete_topic", &topic).await;
    assert_eq!(code, "remote_refused");
    assert!(
        topics(&house, "general")
            .await
            .contains(&"welcome".to_owned())
    );
}
