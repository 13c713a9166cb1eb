//! Channels as those who administer them change and archive them.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options},
};
use serde_json::json;

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn a_channel_is_renamed_described_closed_and_archived() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let options = Options {
                generation,
                ..Options::default()
            };
            let house = ZulipHouse::beside(&database, options).await;
            house.act_as("iago").await;
            let made = house.ok("create_channel", json!({"name": "plans"})).await;
            let change = json!({
                "channel": "plans", "name": " Pläne 🐙 ", "description": "\"new\"", "private": true,
            });
            let changed = house.ok("update_channel", change).await;
            assert_eq!(changed, json!({"id": made["id"], "name": "Pläne 🐙"}));
            let told = house
                .ok("get_channel_info", json!({"channel": "pläne 🐙"}))
                .await;
            assert_eq!(told["channel"]["description"], "\"new\"");
            assert_eq!(told["channel"]["private"], true);
            let archived = house
                .ok("archive_channel", json!({"channel": made["id"]}))
                .await;
            assert_eq!(archived["name"], "Pläne 🐙");
            let gone = json!({"channel": made["id"]});
            let (code, _) = house.refused("get_channel_info", &gone).await;
            assert_eq!(code, "no_such_item");
            house.app.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_administer_a_channel_is_told_so() {
    for (generation, creator_may) in [(Generation::Eight, false), (Generation::Ten, true)] {
        let options = Options {
            generation,
            ..Options::default()
        };
        let house = ZulipHouse::beside(&TestDb::sqlite(), options).await;
        house.ok("create_channel", json!({"name": "mine"})).await;
        for (channel, may) in [("general", false), ("mine", creator_may)] {
            let change = json!({"channel": channel, "description": "other"});
            if may {
                house.ok("update_channel", change).await;
                continue;
            }
            for (tool, arguments) in [
                ("update_channel", change),
                ("archive_channel", json!({"channel": channel})),
            ] {
                let (code, text) = house.refused(tool, &arguments).await;
                assert_eq!(code, "remote_refused", "{tool} {channel}: {text}");
                assert!(text.contains("ask somebody who may"), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn odd_names_of_channels_and_topics_are_kept_as_they_are() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let long = "🐙".repeat(60);
    for name in [
        "#",
        "\"quoted\" 'too'",
        "\u{202e}אב ג",
        "a/b?c&d=%41+e",
        "..",
        &long,
    ] {
        let made = house.ok("create_channel", json!({"name": name})).await;
        assert_eq!(made["name"], name);
        let told = house.ok("get_channel_info", json!({"channel": name})).await;
        assert_eq!(told["channel"]["id"], made["id"], "{name}");
        let sent = json!({"type": "channel", "to": name, "topic": name, "content": name});
        house.ok("send_message", sent).await;
        let found = house
            .ok("search_messages", json!({"channel": name, "topic": name}))
            .await;
        let found = &found["messages"][0];
        for part in ["channel", "topic", "content"] {
            assert_eq!(found[part], name, "{part}");
        }
    }
}
