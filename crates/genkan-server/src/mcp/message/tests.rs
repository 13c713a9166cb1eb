//! What is a message, and what is said of what is not.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Incoming, Message, Refusal, RequestId};

fn read(value: Value) -> Result<Incoming, Refusal> {
    super::read(crate::json::parse(value.to_string().as_bytes(), 8).unwrap())
}

fn faults(value: Value) -> (Option<RequestId>, i32, String) {
    let refusal = read(value).expect_err("refused");
    (
        refusal.id,
        refusal.error.code().json_rpc(),
        refusal.error.message().to_owned(),
    )
}

#[test]
fn faults_name_the_member() {
    let table = [
        (json!(1), -32600, "a message is a JSON object"),
        (json!([]), -32600, "at least one"),
        (json!(vec![1; 101]), -32600, "at most 100"),
        (json!({"id": 1, "method": "ping"}), -32600, "`jsonrpc`"),
        (
            json!({"jsonrpc": "1.0", "id": 1, "method": "ping"}),
            -32600,
            "`jsonrpc`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": null, "method": "ping"}),
            -32600,
            "`id`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}),
            -32600,
            "`id`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1.0, "method": "ping"}),
            -32600,
            "`id`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": {}, "method": "ping"}),
            -32600,
            "`id`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1}),
            -32600,
            "`method` is missing",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "Method": "ping"}),
            -32600,
            "`method` is missing",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": 7}),
            -32600,
            "`method` must be a string",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}),
            -32602,
            "`params`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": null}),
            -32602,
            "`params`",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "result": 1}),
            -32600,
            "not both",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "result": 1, "error": {}}),
            -32600,
            "not both",
        ),
        (
            json!({"jsonrpc": "2.0", "result": 1}),
            -32600,
            "must have an `id`",
        ),
    ];
    for (value, code, part) in table {
        let text = value.to_string();
        let (_, found, message) = faults(value);
        assert!(
            found == code && message.contains(part),
            "{text}: {found} {message}"
        );
    }
}

#[test]
fn a_readable_id_goes_with_the_refusal() {
    let (id, ..) = faults(json!({"jsonrpc": "2.0", "id": "a", "method": 7}));
    assert_eq!(id, Some(RequestId::Text("a".into())));
}

#[test]
fn the_three_kinds_are_told_apart() {
    let one = |value| match read(value) {
        Ok(Incoming::One(message)) => message,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        one(json!({"jsonrpc": "2.0", "id": 0, "method": "a"})),
        Message::Request(_)
    ));
    assert!(matches!(
        one(json!({"jsonrpc": "2.0", "method": "a", "params": {}})),
        Message::Notification(_)
    ));
    assert!(matches!(
        one(json!({"jsonrpc": "2.0", "id": "x", "error": {}})),
        Message::Response(_)
    ));
}

/// Messages with some members missing and some of the wrong type.
fn message() -> impl Strategy<Value = Value> {
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!("2.0")),
        Just(json!(1)),
        Just(json!(1.5)),
        Just(json!({})),
        Just(json!([])),
    ];
    let name = prop::sample::select(vec![
        "jsonrpc", "id", "method", "params", "result", "error", "x",
    ]);
    prop::collection::vec((name, value), 0..7)
        .prop_map(|members| {
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
        })
        .prop_map(Value::Object)
}

proptest! {
    #[test]
    fn what_is_read_has_what_its_kind_needs(value in message()) {
        let (has_id, has_method) = (value.get("id").is_some(), value.get("method").is_some());
        match read(value.clone()) {
            Ok(Incoming::One(Message::Request(_))) => prop_assert!(has_id && has_method, "{}", value),
            Ok(Incoming::One(Message::Notification(_))) => prop_assert!(!has_id && has_method, "{}", value),
            Ok(Incoming::One(Message::Response(_))) => prop_assert!(has_id && !has_method, "{}", value),
            Ok(Incoming::Batch(_)) => prop_assert!(false, "an object is no batch"),
            Err(refusal) => prop_assert!(!refusal.error.message().is_empty()),
        }
    }
}
