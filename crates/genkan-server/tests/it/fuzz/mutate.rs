//! Wrong messages, made from right ones: by their structure and by their bytes.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::random::Random;

/// Right messages of every kind, one per line.
pub(super) static CORPUS: LazyLock<Vec<Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("corpus.json")).unwrap());

/// Words that stand where something else was meant.
const WORDS: &[&str] = &[
    "",
    " ",
    "0",
    "null",
    "2025-11-25",
    "2026-07-28",
    "2024-11-05",
    "9999-99-99",
    "tools/call",
    "initialize",
    "subscriptions/listen",
    "../../etc/passwd",
    "\u{0}",
    "\u{202e}",
    "💥",
    "=?base64?AA==?=",
    "test_echo",
    "test_steps",
    "gk_",
    "%00",
    "a\r\nb: c",
    "notifications/cancelled",
];

/// A message for this chance: often nearly right, seldom noise.
pub(super) fn message(random: &mut Random) -> Vec<u8> {
    let mut value = random.one(&CORPUS).clone();
    for _ in 0..random.below(4) {
        change(&mut value, random);
    }
    let mut text = value.to_string().into_bytes();
    if random.once_in(3) {
        for _ in 0..=random.below(3) {
            scramble(&mut text, random);
        }
    }
    text
}

/// A word, for a header or a name.
pub(super) fn word(random: &mut Random) -> String {
    if random.once_in(12) {
        return "x".repeat(1 << random.below(15));
    }
    (*random.one(WORDS)).to_owned()
}

/// Changes one place of a value.
fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(members) if !members.is_empty() && !random.once_in(6) => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = random.one(&names).clone();
            match random.below(8) {
                0 => drop(members.remove(&name)),
                1 => {
                    let moved = members.remove(&name).unwrap_or_default();
                    members.insert(word(random), moved);
                }
                2 => drop(members.insert(word(random), other(random))),
                _ => change(&mut members[&name], random),
            }
        }
        Value::Array(items) if !items.is_empty() && !random.once_in(4) => {
            let place = random.below(items.len());
            match random.below(4) {
                0 => drop(items.remove(place)),
                1 => items.push(items[place].clone()),
                _ => change(&mut items[place], random),
            }
        }
        _ => *value = other(random),
    }
}

/// Any value.
fn other(random: &mut Random) -> Value {
    match random.below(13) {
        0 => Value::Null,
        1 => json!([]),
        2 => json!({}),
        3 => json!(random.next()),
        4 => json!(-1),
        5 => json!(0.5),
        6 => json!(1e308),
        7 => json!(i64::MIN),
        8 => json!(random.once_in(2)),
        9 => (0..random.below(200)).fold(json!(1), |inner, _| json!([inner])),
        10 => (0..random.below(80)).fold(json!("x"), |inner, _| json!({ "a": inner })),
        11 => random.one(&CORPUS).clone(),
        _ => json!(word(random)),
    }
}

/// Pieces that mean something to a parser.
const PIECES: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\xc0\x80",
    b"\n",
    b"\r",
    b"1e999",
    b"-",
    b"NaN",
    b"\xef\xbb\xbf",
    b"\"id\":1,",
    b"\"method\":\"ping\",",
    b"//",
];

/// Changes the text of a message.
fn scramble(text: &mut Vec<u8>, random: &mut Random) {
    if text.is_empty() {
        return;
    }
    let place = random.below(text.len());
    match random.below(6) {
        0 => text[place] ^= 1 << random.below(8),
        1 => text.truncate(place),
        2 => {
            let end = text.len().min(place + 1 + random.below(40));
            let piece = text[place..end].to_vec();
            text.splice(place..place, piece);
        }
        3 => {
            let end = text.len().min(place + 1 + random.below(20));
            text.drain(place..end);
        }
        _ => {
            let piece = random.one(PIECES).to_vec();
            text.splice(place..place, piece);
        }
    }
}
