//! Many calls at once, the whole way through MCP: the connections, the limit of the other side, and a
//! server that fails in the middle of it.

use std::{collections::BTreeSet, time::Duration};

use futures_util::{StreamExt, stream};
use genkan_http::Options;
use genkan_testkit::{
    Answer, TestDb,
    zulip::{self, Fault},
};
use serde_json::{Value, json};

use crate::zulip_house::ZulipHouse;

/// So many calls by so many clients at once. The answers stand in the order of the calls.
async fn storm(
    house: &ZulipHouse,
    (calls, clients): (usize, usize),
    tool: &str,
    arguments: impl Fn(usize) -> Value,
) -> Vec<Answer> {
    let calls = (0..calls).map(|number| house.client.call(tool, arguments(number)));
    stream::iter(calls).buffered(clients).collect().await
}

fn message(number: usize) -> Value {
    let content = format!("message {number}");
    json!({"type": "channel", "to": "general", "topic": "storm", "content": content})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_at_once_use_the_configured_connections_and_no_more() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    let id = house.zulip.fill("general", "storm", 1)[0];
    house.zulip.set_latency(Duration::from_millis(10));
    let asked = |_| json!({"message_id": id});
    let answers = storm(&house, (200, 200), "zulip_get_message", asked).await;
    for answer in &answers {
        assert_eq!(answer.structured()["message"]["id"], id);
    }
    let (most, allowed) = (
        house.zulip.most_connections(),
        Options::default().connections_per_host,
    );
    assert!((2..=allowed).contains(&most), "{most} connections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_a_thousand_calls_keeps_within_the_limit_and_loses_none() {
    let house = ZulipHouse::within(
        &TestDb::sqlite(),
        zulip::Options {
            limit: 600,
            window: Duration::from_secs(1),
            ..zulip::Options::default()
        },
    )
    .await;
    let id = house.zulip.fill("general", "storm", 1)[0];
    // Somebody else uses the same limit up now and then.
    house.zulip.fail("GET /messages", 20, Fault::Limit(0.05));
    let asked = |_| json!({"message_id": id});
    let answers = storm(&house, (1_000, 250), "zulip_get_message", asked).await;
    let lost = answers.iter().find(|answer| answer.code().is_some());
    assert!(lost.is_none(), "{:#}", lost.unwrap().body);
    assert_eq!(answers.len(), 1_000);
    assert_eq!(house.zulip.refused_for_limit(), 0, "the limit was exceeded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_while_the_server_fails_are_none_doubled_and_each_outcome_is_true() {
    let house = ZulipHouse::open(&TestDb::sqlite()).await;
    // In turn, since a server that only fails would be left alone after a while.
    let faults = [
        Fault::AfterDoing,
        Fault::Page(504),
        Fault::CutAfterDoing,
        Fault::Status(500),
    ];
    for fault in faults.iter().cycle().take(40) {
        house.zulip.fail("POST /messages", 1, fault.clone());
    }
    let answers = storm(&house, (150, 30), "zulip_send_message", message).await;
    let contents = house.zulip.contents();
    let mut seen = BTreeSet::new();
    for (number, answer) in answers.iter().enumerate() {
        let content = format!("message {number}");
        let stored = contents.iter().filter(|text| **text == content).count();
        match answer.code().as_deref() {
            None => {
                assert_eq!(stored, 1, "{content} is said to be sent");
                assert!(seen.insert(answer.structured()["id"].as_u64()), "{content}");
            }
            Some("outcome_unknown") => assert!(stored <= 1, "{content} is there {stored} times"),
            Some(code) => assert_eq!(stored, 0, "{content}: {code}"),
        }
    }
    assert!(seen.len() >= 100, "only {} were sent", seen.len());
    let told = house.app.verify().await;
    assert_eq!(told["faults"], json!([]));
}
