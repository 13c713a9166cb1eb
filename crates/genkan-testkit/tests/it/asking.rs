//! A tool that asks twice, in MCP 2026-07-28: the rounds may land on different processes, and a
//! `requestState` is good for whom, what and when it was given, once.

use std::time::Duration;

use genkan_testkit::{Answer, McpClient};
use serde_json::{Value, json};

use crate::{
    dump::Dump,
    house::{House, admin, client},
};

/// One round: the call with what the round before asked for.
async fn round(client: &McpClient, item: &str, state: Option<&str>, answers: Value) -> Answer {
    let arguments = json!({ "item": item });
    let mut params = json!({ "name": "test_confirm_twice", "arguments": arguments });
    if let Some(state) = state {
        params["requestState"] = state.into();
        params["inputResponses"] = answers;
    }
    client.request("/mcp", "tools/call", params).await
}

/// The state of a round that asks for this key and nothing else.
fn asked(answer: &Answer, key: &str) -> String {
    let result = &answer.body["result"];
    assert_eq!(result["resultType"], "input_required", "{:#}", answer.body);
    let keys: Vec<_> = result["inputRequests"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(keys, [key]);
    result["requestState"].as_str().unwrap().to_owned()
}

fn red() -> Value {
    json!({ "color": { "action": "accept", "content": { "color": "red" } } })
}

fn three() -> Value {
    json!({ "size": { "action": "accept", "content": { "size": 3 } } })
}

fn refused(answer: &Answer) -> (u16, Value, Option<String>) {
    let number = answer.body["error"]["code"].clone();
    (answer.status.as_u16(), number, answer.code())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_round_is_answered_by_another_process() {
    House::each(async |house| {
        let server = house.binary.serve();
        let first = round(&admin(&server), "lamp", None, Value::Null).await;
        let first = asked(&first, "color");
        assert_eq!(server.terminate(), Some(0));

        // However the process before ended.
        let mut server = house.binary.serve();
        let second = round(&admin(&server), "lamp", Some(&first), red()).await;
        let second = asked(&second, "size");
        server.kill();

        let server = house.binary.serve();
        let last = round(&admin(&server), "lamp", Some(&second), three()).await;
        let expected = json!({ "item": "lamp", "color": "red", "size": 3, "attempts": 3 });
        assert_eq!(last.structured(), &expected);
        for spent in [&first, &second] {
            let again = round(&admin(&server), "lamp", Some(spent), red()).await;
            let code = "request_state_reused".to_owned();
            assert_eq!(refused(&again), (400, json!(-32602), Some(code)));
        }
        assert_eq!(server.terminate(), Some(0));
        assert_recorded(&house);
    })
    .await;
}

/// Every end is recorded; of the killed process the last moments may be missing, never more.
fn assert_recorded(house: &House) {
    let dump = Dump::of(&house.binary);
    let ends = dump.rows("record").iter();
    let ends = ends.filter(|row| row["subject"] == "test_confirm_twice");
    let mut ends: Vec<_> = ends
        .map(|row| row["disposition"].as_str().unwrap())
        .collect();
    ends.sort_unstable();
    assert_eq!(
        ends.iter().filter(|end| **end == "ok").count(),
        1,
        "{ends:?}"
    );
    assert_eq!(
        ends.iter().filter(|end| **end == "refused").count(),
        2,
        "{ends:?}"
    );
    assert!(ends.contains(&"input_required"), "{ends:?}");
    house.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_is_tampered_foreign_or_of_another_call_is_refused() {
    House::each(async |house| {
        let server = house.binary.serve();
        let caller = admin(&server);
        let state = asked(&round(&caller, "lamp", None, Value::Null).await, "color");
        let invalid = (400, json!(-32602), Some("request_state_invalid".to_owned()));

        for position in [0, state.len() / 2, state.len() - 1] {
            let mut tampered = state.clone().into_bytes();
            tampered[position] = if tampered[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let tampered = String::from_utf8(tampered).unwrap();
            let answer = round(&caller, "lamp", Some(&tampered), red()).await;
            assert_eq!(refused(&answer), invalid, "changed at {position}");
        }
        let other_call = round(&caller, "chair", Some(&state), red()).await;
        assert_eq!(refused(&other_call), invalid);

        let words = ["key", "create", "stranger", "--role", "user", "--json"];
        let stranger = house.binary.run(words).ok().json();
        let stranger = client(&server, stranger["key"].as_str().unwrap());
        asked(&round(&stranger, "lamp", None, Value::Null).await, "color");
        let foreign = round(&stranger, "lamp", Some(&state), red()).await;
        assert_eq!(refused(&foreign), invalid);

        // Nothing of this spent it for its owner.
        asked(&round(&caller, "lamp", Some(&state), red()).await, "size");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_expires_when_the_time_to_answer_is_over() {
    House::each(async |house| {
        let house = house.with("GENKAN_LIMITS__ANSWER_SECONDS", "1");
        let server = house.binary.serve();
        let caller = admin(&server);
        let state = asked(&round(&caller, "lamp", None, Value::Null).await, "color");
        // The second began before the answer was read, so it is over after another one.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let late = round(&caller, "lamp", Some(&state), red()).await;
        let code = "request_state_expired".to_owned();
        assert_eq!(refused(&late), (400, json!(-32602), Some(code)));
    })
    .await;
}
