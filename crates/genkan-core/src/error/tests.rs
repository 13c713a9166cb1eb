//! The table keeps its own rules.

use std::collections::HashSet;

use super::{Code, Error};

#[test]
fn code_names_are_unique_words() {
    let mut seen = HashSet::new();
    for code in Code::ALL {
        let name = code.as_str();
        assert!(seen.insert(name), "{name} stands twice");
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        assert!(
            code.hint().ends_with(['.', ')']),
            "{name} has a hint that is a sentence"
        );
    }
}

#[test]
fn own_json_rpc_codes_lie_outside_the_reserved_range() {
    const SPECIFIED: [i32; 8] = [
        -32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022,
    ];
    for code in Code::ALL {
        let rpc = code.json_rpc();
        assert!(
            SPECIFIED.contains(&rpc) || !(-32768..=-32000).contains(&rpc),
            "{code:?}: {rpc}"
        );
    }
}

#[test]
fn the_source_is_for_the_log_only() {
    let error = Error::internal(std::io::Error::other("password=hunter2"));
    let shown = serde_json::to_string(&error.shown()).unwrap();
    assert!(!shown.contains("hunter2") && !error.to_string().contains("hunter2"));
    assert!(format!("{error:?}").contains("hunter2"));
}
