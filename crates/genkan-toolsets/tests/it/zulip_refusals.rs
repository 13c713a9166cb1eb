//! Bad input, tool by tool: what is refused, with which code, and that nothing was sent for it.

mod rows;

use genkan_core::id::TenantId;
use genkan_testkit::{AppOptions, TestApp, TestDb, zulip};
use serde_json::{Value, json};

use crate::zulip_house::{ZulipHouse, call};

#[tokio::test]
async fn bad_input_is_refused_with_its_code_and_sends_nothing() {
    let options = zulip::Options {
        generation: zulip::Generation::Eleven,
        ..zulip::Options::default()
    };
    let house = ZulipHouse::beside(&TestDb::sqlite(), options).await;
    let before = house.zulip.contents();
    for (tool, arguments, expected) in rows::all() {
        let (code, text) = house.refused(tool, &arguments).await;
        assert_eq!(code, expected, "{tool} {arguments}: {text}");
    }
    assert_eq!(house.zulip.contents(), before);
}

#[tokio::test]
async fn every_argument_of_every_tool_is_checked_by_its_name() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let listed = house
        .client
        .request("/mcp/zulip-full", "tools/list", json!({}));
    let listed = listed.await.body["result"]["tools"].clone();
    let before = house.zulip.asked();
    for tool in listed.as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let name = name.strip_prefix("zulip_").unwrap();
        let refused = async |arguments: Value, part: &str| {
            let (code, text) = house.refused(name, &arguments).await;
            assert_eq!(code, "invalid_arguments", "{name} {arguments}: {text}");
            assert!(text.contains(part), "{name} {arguments}: {text}");
        };
        refused(json!({"surprise": 1}), "surprise").await;
        let schema = &tool["inputSchema"];
        for required in schema["required"].as_array().into_iter().flatten() {
            refused(json!({}), required.as_str().unwrap()).await;
        }
        for argument in schema["properties"].as_object().unwrap().keys() {
            // No argument is an object.
            refused(json!({argument: {"odd": 1}}), &format!("/{argument}")).await;
        }
    }
    assert_eq!(house.zulip.asked(), before, "nobody was asked");
}

#[tokio::test]
async fn keys_of_another_tenant_and_of_no_bot_open_nothing() {
    let server = zulip::Zulip::start().await;
    let (mut foreign, mut alone) = (server.access("hamlet"), server.access("hamlet"));
    foreign.tenant = TenantId::system();
    alone.bot = None;
    let bot = json!({"identity": "bot"});
    for (access, arguments, expected) in [
        (foreign, json!({}), "no_such_item"),
        (alone, bot, "invalid_arguments"),
    ] {
        let options = AppOptions {
            zulip: Some(zulip::chat(access)),
            ..AppOptions::default()
        };
        let app = TestApp::start_with(&TestDb::sqlite(), options).await;
        for tool in ["get_own_user", "get_channels", "get_mutes"] {
            let refused = call(&app.client(), tool, arguments.clone()).await;
            assert_eq!(refused.code().as_deref(), Some(expected), "{tool}");
        }
    }
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn without_a_zulip_there_are_no_tools() {
    let app = TestApp::start(&TestDb::sqlite()).await;
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
