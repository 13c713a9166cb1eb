//! Whether people are there, and what they say of themselves.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options},
};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn presence_is_active_idle_or_offline() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    house.zulip.add_user("unseen", "Never Seen");
    for (user, presence) in [
        ("iago", "active"),
        ("hamlet", "idle"),
        ("cordelia", "offline"),
    ] {
        let told = house.ok("get_user_presence", json!({"user": user})).await;
        assert_eq!(told["presence"], presence, "{user}");
        assert!(told["last_seen"].as_str().unwrap().ends_with('Z'));
    }
    for user in ["Welcome Bot", "unseen@zulip.example"] {
        let (code, _) = house
            .refused("get_user_presence", &json!({"user": user}))
            .await;
        assert_eq!(code, "invalid_arguments", "{user}");
    }
}

#[tokio::test]
async fn the_presence_of_all_is_listed_active_ones_first() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let listed = async |arguments: Value| {
        let told = house.ok("get_realm_presence", arguments).await;
        let users = told["users"].as_array().unwrap().iter();
        let users: Vec<_> = users
            .map(|user| (user["id"].clone(), user["presence"].clone()))
            .collect();
        json!([users, told["total"]])
    };
    let here = json!([[[1, "active"], [2, "idle"]], 2]);
    assert_eq!(listed(json!({})).await, here);
    let all = json!([[[1, "active"], [2, "idle"], [3, "offline"]], 3]);
    assert_eq!(listed(json!({"include_offline": true})).await, all);
    let first = json!([[[1, "active"]], 2]);
    assert_eq!(listed(json!({"limit": 1})).await, first);
}

#[tokio::test]
async fn a_status_is_set_seen_by_others_changed_and_taken_away() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let options = Options {
                generation,
                ..Options::default()
            };
            let house = ZulipHouse::beside(&database, options).await;
            let seen = async || {
                house
                    .ok(
                        "get_user_status",
                        json!({"user": "hamlet", "identity": "bot"}),
                    )
                    .await
            };
            assert_eq!(
                seen().await,
                json!({"name": "King Hamlet", "id": 2, "text": ""})
            );
            let set = json!({"text": "auf *Reisen* 🚗", "emoji_name": "car"});
            house.ok("update_status", set).await;
            let told = seen().await;
            assert_eq!(told["text"], "auf *Reisen* 🚗");
            assert_eq!(told["emoji_name"], "car");
            // What is not given stays.
            house
                .ok("update_status", json!({"text": "𝕏".repeat(60)}))
                .await;
            assert_eq!(seen().await["emoji_name"], "car");
            house
                .ok("update_status", json!({"text": "", "emoji_name": ""}))
                .await;
            assert_eq!(
                seen().await,
                json!({"name": "King Hamlet", "id": 2, "text": ""})
            );
            house.app.stop().await;
        }
    })
    .await;
}
