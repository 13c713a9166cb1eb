//! The strict reader against `serde_json`: the same values, and the three refusals.

use genkan_core::Code;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{RefCell, Result, Strict, Top, member, refused, take, text_of, whole};

/// Reads any value, as everything below the members of a message is read.
fn parse(bytes: &[u8], depth: usize) -> Result<Value> {
    let fault = RefCell::new(None);
    let rules = Strict {
        left: depth,
        fault: &fault,
    };
    let read = whole(text_of(bytes)?, rules);
    read.map_err(|error| refused(fault.take(), &error))
}

/// Reads a message, and puts its members together again.
fn parse_top(bytes: &[u8], depth: usize) -> Result<Value> {
    fn value(top: Top) -> Value {
        let envelope = match top {
            Top::Object(envelope) => envelope,
            Top::Array(batch) => return batch.into_iter().map(value).collect(),
            Top::Other => return Value::Null,
        };
        let members = [
            ("jsonrpc", envelope.jsonrpc),
            ("id", envelope.id),
            ("method", envelope.method),
            ("params", envelope.params),
            ("result", envelope.result),
            ("error", envelope.error),
        ];
        let present = members
            .into_iter()
            .filter_map(|(name, member)| Some((name.to_owned(), member?)));
        Value::Object(present.collect())
    }
    super::parse(bytes, depth).map(value)
}

/// What [`parse_top`] makes of a value.
fn known_members(value: &Value, is_top: bool) -> Value {
    match value {
        Value::Object(members) => {
            let known = ["jsonrpc", "id", "method", "params", "result", "error"];
            let known = known
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), members.get(name)?.clone())));
            Value::Object(known.collect())
        }
        Value::Array(items) if is_top => items
            .iter()
            .map(|item| known_members(item, false))
            .collect(),
        _ => Value::Null,
    }
}

fn code_and_message(text: &[u8]) -> (Code, String) {
    let error = parse(text, 4).expect_err("refused");
    (error.code(), error.message().to_owned())
}

#[test]
fn faults_name_what_and_where() {
    let table: [(&[u8], Code, &str); 13] = [
        (
            b"",
            Code::ParseError,
            "EOF while parsing a value at line 1 column 0",
        ),
        (b"{", Code::ParseError, "EOF while parsing an object"),
        (
            b"{} {}",
            Code::ParseError,
            "trailing characters at line 1 column 4",
        ),
        (b"{'a':1}", Code::ParseError, "key must be a string"),
        (b"[1,]", Code::ParseError, "trailing comma"),
        (b"nul", Code::ParseError, "EOF while parsing"),
        (b"1e999", Code::ParseError, "number out of range"),
        (b"\"\\ud800\"", Code::ParseError, "hex escape"),
        (b"{\"a\":\"\xff\"}", Code::ParseError, "byte 6"),
        (b"\xef\xbb\xbf{}", Code::ParseError, "expected value"),
        (
            b"{\"a\":1,\n\"a\":2}",
            Code::InvalidRequest,
            "`a` stands twice in its object at line 2 column 3",
        ),
        (
            b"[[[[[]]]]]",
            Code::InvalidRequest,
            "nested too deeply at line 1",
        ),
        (
            b"{\"$serde_json::private::RawValue\":\"1\"}",
            Code::InvalidRequest,
            "reserved",
        ),
    ];
    for (text, code, part) in table {
        let shown = String::from_utf8_lossy(text).into_owned();
        let (found, message) = code_and_message(text);
        assert_eq!(found, code, "{shown}: {message}");
        assert!(message.contains(part), "{shown}: {message}");
    }
}

#[test]
fn names_differ_by_case_and_escapes_do_not_hide_a_duplicate() {
    assert!(parse(br#"{"a":1,"A":2}"#, 4).is_ok());
    assert_eq!(
        code_and_message(br#"{"a":1,"\u0061":2}"#).0,
        Code::InvalidRequest
    );
}

#[test]
fn the_bound_of_nesting_is_exact() {
    assert!(parse(b"[[{\"a\":[]}]]", 4).is_ok());
    assert!(parse(b"[[{\"a\":[1]}]]", 4).is_ok());
    assert!(parse(b"[[{\"a\":[[]]}]]", 4).is_err());
}

/// JSON-like text: half of it well formed, with few names so that duplicates happen.
fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| n.to_string()),
        "\\PC{0,8}".prop_map(|s| serde_json::to_string(&s).unwrap()),
        "[-+.0-9eE]{1,6}",
        "[\\[\\]{}:,\" a]{0,4}",
    ];
    leaf.prop_recursive(6, 48, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("[abAB]{1}", inner), 0..4).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| format!("\"{name}\": {value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn nesting(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(nesting).max().unwrap_or(0),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn accepts_what_serde_json_accepts_less_duplicates_and_depth(text in text()) {
        let ours = parse(text.as_bytes(), 4);
        let theirs = serde_json::from_str::<Value>(&text);
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert!(ours == theirs && nesting(&ours) <= 4),
            (Err(error), Ok(theirs)) => {
                prop_assert_eq!(error.code(), Code::InvalidRequest);
                let duplicate = error.message().contains("stands twice");
                prop_assert!(duplicate || nesting(&theirs) > 4 || error.message().contains("deeply"));
            }
            // What is refused for two reasons may be refused for either.
            (Err(_), Err(_)) => {}
            (Ok(ours), Err(error)) => prop_assert!(false, "accepted {ours}, serde_json: {error}"),
        }
    }

    #[test]
    fn messages_are_held_to_the_same_rules(text in text(), name in prop::sample::select(vec!["id", "params", "x", "y"])) {
        let text = format!("{{\"{name}\":{text},\"id\":{text},\"x\":1}}");
        for text in [format!("[{text},{text}]"), text] {
            match (parse(text.as_bytes(), 5), parse_top(text.as_bytes(), 5)) {
                (Ok(value), Ok(top)) => prop_assert_eq!(top, known_members(&value, true)),
                (Err(one), Err(other)) => prop_assert_eq!((one.code(), one.message()), (other.code(), other.message())),
                (value, top) => prop_assert!(false, "{text}: {value:?}, {top:?}"),
            }
        }
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (parse(&bytes, 4), parse_top(&bytes, 4));
    }
}

#[test]
fn members_are_found_and_taken_in_objects_of_any_size() {
    for size in [0, 1, 8, 9, 40] {
        let object = (0..size).map(|n| (format!("name{n}"), Value::from(n)));
        let mut object: Map<String, Value> = object.collect();
        for n in 0..size {
            let name = format!("name{n}");
            assert_eq!(member(&object, &name), Some(&Value::from(n)));
            assert_eq!(take(&mut object, &name), Some(Value::from(n)));
            assert_eq!(take(&mut object, &name), None);
        }
        assert_eq!(member(&object, "name"), None);
        assert!(object.is_empty());
    }
}
