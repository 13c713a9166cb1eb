//! Streams of changes: `subscriptions/listen`, and what sessions hear.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{self, Session},
    schema,
    wire::{self, Opened, call, request},
};

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

fn listen(id: impl Into<Value>, notifications: Value) -> Value {
    request(
        id,
        "subscriptions/listen",
        json!({"notifications": notifications}),
    )
}

async fn open(house: &House, key: &str, notifications: Value) -> (Opened, Value) {
    let message = listen("s-1", notifications);
    let mut opened = wire::modern(key, &message).open(&house.router).await;
    assert!(opened.is_stream(), "{}", opened.status);
    let acknowledged = opened.next().await.unwrap();
    let definition = "SubscriptionsAcknowledgedNotification";
    schema::check("2026-07-28", definition, &acknowledged);
    assert_eq!(acknowledged["params"]["_meta"][SUBSCRIPTION], "s-1");
    (opened, acknowledged["params"]["notifications"].clone())
}

async fn announce(house: &House) {
    let reply = house.modern(&call("wares_announce", json!({}))).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_listener_is_told_what_it_asked_for_and_nothing_else() {
    let house = House::open().await;
    let wanted = json!({
        "toolsListChanged": true,
        "promptsListChanged": false,
        "resourceSubscriptions": ["wares:sign", "wares:other", "no:such"],
    });
    let (mut opened, granted) = open(&house, &house.admin, wanted).await;
    let expected = json!({"toolsListChanged": true, "resourceSubscriptions": ["wares:sign"]});
    assert_eq!(granted, expected);
    announce(&house).await;
    announce(&house).await;
    for _ in 0..2 {
        let changed = opened.next().await.unwrap();
        assert_eq!(changed["method"], "notifications/tools/list_changed");
        assert_eq!(changed["params"]["_meta"][SUBSCRIPTION], "s-1");
        let updated = opened.next().await.unwrap();
        schema::check("2026-07-28", "ResourceUpdatedNotification", &updated);
        assert_eq!(updated["params"]["uri"], "wares:sign");
    }
}

#[tokio::test]
async fn who_may_not_read_is_granted_nothing() {
    let house = House::open().await;
    let viewer = house.key("v", "viewer").await;
    let wanted = json!({
        "toolsListChanged": true,
        "resourcesListChanged": true,
        "resourceSubscriptions": ["wares:sign"],
    });
    let (_opened, granted) = open(&house, &viewer, wanted).await;
    assert_eq!(granted, json!({"toolsListChanged": true}));
}

#[tokio::test]
async fn a_stream_ends_in_good_order_when_the_house_closes() {
    let house = House::open().await;
    let (mut opened, _) = open(&house, &house.admin, json!({"toolsListChanged": true})).await;
    house.lifecycle.soft_stop().cancel();
    let last = opened.next().await.unwrap();
    schema::check("2026-07-28", "SubscriptionsListenResultResponse", &last);
    assert_eq!(last["result"]["_meta"][SUBSCRIPTION], "s-1");
    assert_eq!(opened.next().await, None);
}

#[tokio::test]
async fn a_revoked_key_ends_its_streams() {
    let house = House::open().await;
    let key = house.key("gone", "user").await;
    let (mut opened, _) = open(&house, &key, json!({"toolsListChanged": true})).await;
    let session = Session::greet(&house, &key, legacy::initialize("2025-11-25")).await;
    let mut get = session.bare("GET").open(&house.router).await;
    let id = key.split('_').nth(1).unwrap();
    house.modern(&call("test_revoke", json!({"id": id}))).await;
    house.clock.advance(Duration::from_secs(2));
    let last = opened.next().await.unwrap();
    assert_eq!(last["error"]["data"]["code"], "key_revoked");
    assert_eq!(opened.next().await, None);
    assert_eq!(get.next().await, None);
}

#[tokio::test]
async fn streams_are_bounded_per_principal_and_need_events() {
    let house = House::with(|settings| settings.listens_per_principal = 2).await;
    let one = open(&house, &house.admin, json!({})).await;
    let _two = open(&house, &house.admin, json!({})).await;
    let three = wire::modern(&house.admin, &listen(1, json!({})));
    let refused = three.clone().send(&house.router).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (503, "overloaded")
    );
    let other = house.key("other", "user").await;
    let _other = open(&house, &other, json!({})).await;
    drop(one);
    crate::fixture::soon(async {
        while !three.clone().open(&house.router).await.is_stream() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let json_only = three.header("accept", "application/json");
    assert_eq!(json_only.send(&house.router).await.status, 406);
    let table = [
        json!({}),
        json!({"notifications": []}),
        json!({"notifications": {"toolsListChanged": 1}}),
        json!({"notifications": {"resourceSubscriptions": [1]}}),
        json!({"notifications": {"resourceSubscriptions": vec!["a"; 1_001]}}),
    ];
    for params in table {
        let reply = house
            .modern(&request(1, "subscriptions/listen", params))
            .await;
        assert_eq!(reply.code(), "invalid_params");
    }
}

#[tokio::test]
async fn a_session_hears_lists_and_what_it_watches() {
    let house = House::open().await;
    for revision in legacy::REVISIONS {
        let session = Session::open(&house, revision).await;
        let mut get = session.bare("GET").open(&house.router).await;
        let watch = |method: &str, uri: &str| legacy::request(1, method, json!({"uri": uri}));
        let watched = session
            .send(&watch("resources/subscribe", "wares:sign"))
            .await;
        assert_eq!(watched.json["result"], json!({}));
        for uri in ["wares:other", "no:such"] {
            let refused = session.send(&watch("resources/subscribe", uri)).await;
            assert_eq!(refused.rpc_code(), -32002);
        }
        announce(&house).await;
        let mut heard = Vec::new();
        for _ in 0..4 {
            let message = get.next().await.unwrap();
            schema::check(revision, "ServerNotification", &message);
            heard.push(message["method"].as_str().unwrap().to_owned());
        }
        let expected = [
            "tools/list_changed",
            "prompts/list_changed",
            "resources/list_changed",
            "resources/updated",
        ];
        assert_eq!(heard, expected.map(|name| format!("notifications/{name}")));
        session
            .send(&watch("resources/unsubscribe", "wares:sign"))
            .await;
        announce(&house).await;
        announce(&house).await;
        for _ in 0..2 {
            for name in &expected[..3] {
                let message = get.next().await.unwrap();
                assert_eq!(message["method"], format!("notifications/{name}"));
            }
        }
    }
}
