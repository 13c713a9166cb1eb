//! Digests: canonical over JSON, unambiguous over fields, hexadecimal both ways.

use genkan_core::digest::{Digest, Hasher};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

#[test]
fn the_order_of_members_does_not_matter_and_everything_else_does() {
    let one = json!({"a": 1, "b": [true, null, "x"]});
    let same: Value = serde_json::from_str(r#"{"b":[true,null,"x"],"a":1}"#).unwrap();
    assert_eq!(Digest::of_json(&one), Digest::of_json(&same));
    for other in [
        json!({"a": 1}),
        json!({"a": "1", "b": [true, null, "x"]}),
        json!({"a": 1, "b": [null, true, "x"]}),
    ] {
        assert_ne!(Digest::of_json(&one), Digest::of_json(&other), "{other}");
    }
}

#[test]
fn the_digest_is_sha_256() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(b"").to_hex(), empty);
    assert_eq!(Digest::from_hex(empty), Some(Digest::of(b"")));
}

proptest! {
    #[test]
    fn fields_never_run_into_each_other(a in ".{0,8}", b in ".{0,8}", c in ".{0,8}", d in ".{0,8}") {
        let digest = |one: &str, two: &str| {
            let mut hasher = Hasher::new();
            hasher.field(one.as_bytes());
            hasher.field(two.as_bytes());
            hasher.finish()
        };
        prop_assert_eq!(digest(&a, &b) == digest(&c, &d), (a, b) == (c, d));
    }

    #[test]
    fn an_object_and_its_value_agree(members in proptest::collection::hash_map(".{0,6}", any::<i64>(), 0..8)) {
        let members: Map<String, Value> = members.into_iter().map(|(name, value)| (name, json!(value))).collect();
        prop_assert_eq!(Digest::of_object(&members), Digest::of_json(&Value::Object(members.clone())));
    }

    #[test]
    fn no_text_makes_reading_hexadecimal_panic(text in "\\PC{0,80}") {
        if let Some(digest) = Digest::from_hex(&text) {
            prop_assert_eq!(digest.to_hex(), text.to_lowercase());
        }
    }
}
