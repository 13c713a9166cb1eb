//! Batches, marks, files and the server itself, through an MCP client.

use genkan_testkit::TestDb;
use serde_json::json;

use crate::zulip_house::ZulipHouse;

#[tokio::test]
async fn of_several_messages_each_has_its_own_result() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let one = |to: &str, content: &str| json!({"type": "channel", "to": to, "topic": "t", "content": content});
    let messages = json!({"messages": [one("general", "a"), one("nowhere", "b"), one("general", ""), one("general", "c")]});
    let told = house.ok("send_messages", messages).await;
    assert_eq!(told["sent"], 2);
    let codes: Vec<_> = told["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["error"]["code"].clone())
        .collect();
    assert_eq!(
        json!(codes),
        json!([null, "no_such_item", "invalid_arguments", null])
    );
    let contents = house.zulip.contents();
    assert!(contents.ends_with(&["a".to_owned(), "c".to_owned()]));
    for count in [0, 51] {
        let messages = json!({"messages": vec![one("general", "x"); count]});
        let (code, _) = house.refused("send_messages", &messages).await;
        assert_eq!(code, "invalid_arguments", "{count}");
    }
}

#[tokio::test]
async fn messages_are_starred_and_marked_as_read() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let starred = json!({"message_ids": [101, 102], "flag": "starred", "operation": "add"});
    assert_eq!(
        house.ok("manage_message_flags", starred).await["messages"],
        2
    );
    let found = house
        .ok("search_messages", json!({"is_starred": true}))
        .await;
    assert_eq!(found["messages"].as_array().unwrap().len(), 2);
    let first = house.ok("mark_read", json!({"channel": "general"})).await;
    // The other one is one's own.
    assert_eq!(first["messages"], 1);
    house.zulip.fill("engineering", "many", 2_500);
    let rest = house.ok("mark_read", json!({})).await;
    assert_eq!(rest["messages"], 1_250 + 2);
    assert_eq!(house.ok("mark_read", json!({})).await["messages"], 0);
    for arguments in [
        json!({"message_ids": [], "flag": "read", "operation": "add"}),
        json!({"message_ids": [106], "flag": "read", "operation": "add"}),
        json!({"message_ids": [101], "flag": "mentioned", "operation": "add"}),
        json!({"message_ids": [101], "flag": "read", "operation": "toggle"}),
    ] {
        let (code, _) = house.refused("manage_message_flags", &arguments).await;
        assert_eq!(code, "invalid_arguments", "{arguments}");
    }
}

#[tokio::test]
async fn a_file_goes_there_and_comes_back_as_text_or_bytes() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    // "Grüße" as text, and four bytes that are none.
    for (content, field, expected) in [
        ("R3LDvMOfZQ==", "text", "Grüße"),
        ("/wD+AQ==", "base64", "/wD+AQ=="),
    ] {
        let sent = json!({"name": "a [b].bin", "content": content});
        let sent = house.ok("upload_file", sent).await;
        let url = sent["url"].as_str().unwrap();
        assert_eq!(sent["markdown"], format!("[a b.bin]({url})"));
        let back = house.ok("download_file", json!({"url": url})).await;
        assert_eq!(back[field], expected);
    }
    for (tool, arguments) in [
        ("upload_file", json!({"name": "", "content": "AA=="})),
        ("upload_file", json!({"name": "x", "content": "no base64!"})),
        ("download_file", json!({"url": "https://evil.example/x"})),
        ("download_file", json!({"url": "/user_uploads/../users/me"})),
    ] {
        let (code, _) = house.refused(tool, &arguments).await;
        assert_eq!(code, "invalid_arguments", "{tool} {arguments}");
    }
}

#[tokio::test]
async fn the_server_says_what_it_is_and_allows() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let told = house.ok("server_info", json!({})).await;
    assert_eq!(told["version"], "10.0");
    assert_eq!(told["max_message_characters"], 10_000);
}
