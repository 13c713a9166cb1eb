//! What is not sent yet: scheduled messages, drafts and reminders.

use genkan_testkit::{
    TestDb,
    zulip::{Generation, Options},
};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

async fn list(house: &ZulipHouse) -> Vec<Value> {
    let told = house
        .ok("scheduled_messages", json!({"action": "list"}))
        .await;
    told["scheduled"].as_array().unwrap().clone()
}

#[tokio::test]
async fn messages_are_scheduled_changed_called_off_and_sent_in_time() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let house = house(&database, generation).await;
            goes_all_the_way(&house).await;
            house.app.stop().await;
        }
    })
    .await;
}

async fn goes_all_the_way(house: &ZulipHouse) {
    let content = "# later\n\t`א` 🐙 ";
    let channel = json!({
        "action": "create", "type": "channel", "to": "#general", "topic": "ü & +",
        "content": content, "deliver_at": "2100-01-01T08:30:00Z",
    });
    let first = house.ok("scheduled_messages", channel).await["id"].clone();
    let people = json!({
        "action": "create", "type": "direct", "to": ["iago", 3], "content": "hi",
        "deliver_at": "2099-12-31",
    });
    let second = house.ok("scheduled_messages", people).await["id"].clone();
    let listed = list(house).await;
    assert_eq!(listed[0]["id"], second, "the next comes first");
    assert_eq!(
        listed[0]["people"],
        json!(["Iago", "Cordelia, Lear's daughter"])
    );
    assert_eq!(listed[1]["content"], content.trim_end());
    assert_eq!(listed[1]["channel"], "general");
    assert_eq!(listed[1]["topic"], "ü & +");
    assert_eq!(listed[1]["deliver_at"], "2100-01-01T08:30:00.000Z");
    for change in [
        json!({"topic": "other"}),
        json!({"content": "changed"}),
        json!({"deliver_at": 4_000_000_000_u32}),
    ] {
        let mut arguments = json!({"action": "update", "id": first});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        house.ok("scheduled_messages", arguments).await;
    }
    let moved = json!({"action": "update", "id": second, "type": "channel", "to": "engineering", "topic": "t"});
    house.ok("scheduled_messages", moved).await;
    // The first one comes earlier now.
    assert_eq!(list(house).await[1]["channel"], "engineering");
    house
        .ok(
            "scheduled_messages",
            json!({"action": "delete", "id": second}),
        )
        .await;
    assert_eq!(list(house).await.len(), 1);
    house.zulip.deliver_scheduled(4_000_000_000 - 1);
    assert_eq!(list(house).await.len(), 1, "it is not time yet");
    house.zulip.deliver_scheduled(4_000_000_000);
    assert_eq!(list(house).await, Vec::<Value>::new());
    let sent = json!({"channel": "general", "topic": "other"});
    let sent = house.ok("search_messages", sent).await;
    assert_eq!(sent["messages"][0]["content"], "changed");
    assert_eq!(sent["messages"][0]["sender"], "King Hamlet");
}

#[tokio::test]
async fn drafts_are_kept_replaced_and_thrown_away() {
    TestDb::each(async |database| {
        for generation in [Generation::Eight, Generation::Ten] {
            let house = house(&database, generation).await;
            let drafts = async |arguments: Value| house.ok("drafts", arguments).await;
            let loose =
                drafts(json!({"action": "create", "content": "# for\t`nobody` א 🐙"})).await;
            let people =
                json!({"action": "create", "type": "direct", "to": "iago", "content": "hi"});
            let people = drafts(people).await["id"].clone();
            let edited = json!({
                "action": "edit", "id": loose["id"], "type": "channel", "to": "#social ☕",
                "topic": "ü", "content": "for the channel",
            });
            let listed = drafts(json!({"action": "list"})).await["drafts"].clone();
            let of = |id: &Value| {
                let listed = listed.as_array().unwrap();
                listed
                    .iter()
                    .find(|draft| draft["id"] == *id)
                    .unwrap()
                    .clone()
            };
            assert_eq!(of(&loose["id"])["content"], "# for\t`nobody` א 🐙");
            assert_eq!(of(&people)["people"], json!(["Iago"]));
            drafts(edited).await;
            drafts(json!({"action": "delete", "id": people})).await;
            let listed = drafts(json!({"action": "list"})).await["drafts"].clone();
            assert_eq!(listed.as_array().unwrap().len(), 1);
            assert_eq!(listed[0]["channel"], "#social ☕");
            assert_eq!(listed[0]["topic"], "ü");
            assert_eq!(listed[0]["content"], "for the channel");
            let of_bot = json!({"action": "list", "identity": "bot"});
            assert_eq!(drafts(of_bot).await["drafts"], json!([]));
            house.app.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn reminders_are_kept_told_and_called_off_where_there_are_any() {
    TestDb::each(async |database| {
        let house = house(&database, Generation::Eleven).await;
        let reminders = async |arguments: Value| house.ok("reminders", arguments).await;
        let at = 4_000_000_000_u32;
        let first = json!({"action": "create", "message_id": 101, "remind_at": at, "note": "look"});
        let first = reminders(first).await["id"].clone();
        let second = json!({"action": "create", "message_id": 102, "remind_at": "2090-01-01"});
        let second = reminders(second).await["id"].clone();
        let listed = reminders(json!({"action": "list"})).await["reminders"].clone();
        assert_eq!(listed[0]["id"], second, "the next comes first");
        assert_eq!(listed[1]["message_id"], 101);
        assert!(listed[1]["content"].as_str().unwrap().contains("look"));
        reminders(json!({"action": "delete", "id": second})).await;
        assert!(
            list(&house).await.is_empty(),
            "they are no scheduled messages"
        );
        house.zulip.deliver_scheduled(u64::from(at));
        let listed = reminders(json!({"action": "list"})).await;
        assert_eq!(listed["reminders"], json!([]), "{first} was told");
        let told = house
            .ok("search_messages", json!({"is_private": true}))
            .await;
        let told = told["messages"][0]["content"].as_str().unwrap().to_owned();
        assert!(told.contains("Welcome to **Zulip**!"), "{told}");
        house.app.stop().await;
    })
    .await;
    let older = house(&TestDb::sqlite(), Generation::Ten).await;
    let (code, text) = older.refused("reminders", &json!({"action": "list"})).await;
    assert_eq!(code, "remote_refused");
    assert!(text.contains("Zulip 11"), "{text}");
}

async fn house(database: &TestDb, generation: Generation) -> ZulipHouse {
    let options = Options {
        generation,
        ..Options::default()
    };
    ZulipHouse::beside(database, options).await
}
