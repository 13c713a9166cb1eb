//! Streams of changes over lines: told apart by their ids, ended by either side.

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy,
    stream::Client,
    wire::{call, request},
};

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

fn listen(id: impl Into<Value>) -> Value {
    let wanted = json!({"notifications": {"promptsListChanged": true}});
    request(id, "subscriptions/listen", wanted)
}

#[tokio::test]
async fn several_listen_on_one_stream_until_they_are_ended() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    for id in [json!(7), json!("seven")] {
        let acknowledged = client.ask(&listen(id.clone())).await;
        assert_eq!(acknowledged["params"]["_meta"][SUBSCRIPTION], id);
    }
    client.say(&call("wares_announce", json!({}))).await;
    let mut told = Vec::new();
    while told.len() < 2 {
        let message = client.hear().await;
        if message["method"] == "notifications/prompts/list_changed" {
            told.push(message["params"]["_meta"][SUBSCRIPTION].to_string());
        }
    }
    told.sort();
    assert_eq!(told, ["\"seven\"", "7"]);

    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
    client.say(&cancel).await;
    // What is left ends in good order, at once and not after the drain.
    let last = client.close().await;
    let about = |id: Value| {
        let of = last
            .iter()
            .filter(|one| one["params"]["requestId"] == id || one["id"] == id);
        of.count()
    };
    assert_eq!((about(json!(7)), about(json!("seven"))), (0, 2), "{last:?}");
}

#[tokio::test]
async fn a_session_on_a_stream_hears_of_changes() {
    let house = House::open().await;
    let mut client = Client::connect(&house);
    client.ask(&legacy::initialize("2025-06-18")).await;
    let watch = legacy::request(1, "resources/subscribe", json!({"uri": "wares:sign"}));
    assert_eq!(client.ask(&watch).await["result"], json!({}));
    client
        .say(&legacy::call(2, "wares_announce", json!({})))
        .await;
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let message = client.hear().await;
        if let Some(method) = message["method"].as_str() {
            heard.push(method.to_owned());
        }
    }
    assert!(
        heard.contains(&"notifications/resources/updated".to_owned()),
        "{heard:?}"
    );
    client.close().await;
}
