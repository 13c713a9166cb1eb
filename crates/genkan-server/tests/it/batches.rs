//! JSON-RPC batches: MCP 2025-03-26 has them, nobody else.

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{REVISIONS, Session, call, initialize, request},
};

#[tokio::test]
async fn a_batch_answers_what_wants_an_answer() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-03-26").await;
    let batch = json!([
        call(1, "test_echo", json!({"text": "x"})),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        request("two", "ping", json!({})),
        17,
        call(3, "nobody", json!({})),
        initialize("2025-03-26"),
        {"jsonrpc": "2.0", "id": 9, "result": {}},
    ]);
    let reply = session.send(&batch).await;
    let answers = reply.json.as_array().unwrap();
    let seen: Vec<_> = answers
        .iter()
        .map(|answer| (answer["id"].clone(), answer["error"]["code"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (json!(1), Value::Null),
            (json!("two"), Value::Null),
            (Value::Null, json!(-32600)),
            (json!(3), json!(-32602)),
            (json!(0), json!(-32600)),
        ]
    );
}

#[tokio::test]
async fn a_batch_without_requests_is_accepted_and_one_with_progress_is_a_stream() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-03-26").await;
    let quiet = json!([{"jsonrpc": "2.0", "method": "notifications/initialized"}]);
    assert_eq!(session.send(&quiet).await.status, 202);
    let mut steps = call(1, "test_steps", json!({}));
    steps["params"]["_meta"] = json!({"progressToken": 1});
    let reply = session
        .send(&json!([steps, request(2, "ping", json!({}))]))
        .await;
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert_eq!(
        (reply.before.len(), reply.json.as_array().unwrap().len()),
        (3, 2)
    );
}

#[tokio::test]
async fn other_revisions_refuse_batches() {
    let house = House::open().await;
    for revision in REVISIONS {
        let session = Session::open(&house, revision).await;
        let reply = session.send(&json!([request(1, "ping", json!({}))])).await;
        let expected = if revision == "2025-03-26" { 200 } else { 400 };
        assert_eq!(reply.status.as_u16(), expected, "{revision}");
    }
}
