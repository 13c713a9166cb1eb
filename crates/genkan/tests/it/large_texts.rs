//! Texts of megabytes and a hundred thousand keywords, at every door: refused by name, or stored
//! without keeping others waiting.

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::binary::{Server, call, genkan};

/// The longest content, in characters.
const CONTENT: usize = 1 << 20;

/// Arguments that are refused, each with the code and a part of the message.
fn refused() -> [(Value, &'static str, &'static str); 4] {
    let entry = |content: String, context: Value| json!({"scope": "global:default", "content": content, "context": context});
    let keywords: Vec<String> = (0..100_000).map(|n| format!("word{n}")).collect();
    [
        (
            entry("x".repeat(CONTENT + 1), json!("long")),
            "too_large",
            "has 1048577 characters",
        ),
        (
            entry("語 ".repeat(1_500_000), json!("long")),
            "too_large",
            "has 3000000 characters",
        ),
        (
            entry("short".to_owned(), json!(keywords)),
            "invalid_arguments",
            "has 100000 keywords",
        ),
        (
            entry("short".to_owned(), json!(keywords.join(" "))),
            "invalid_arguments",
            "has 100000 keywords",
        ),
    ]
}

fn says(told: &str, code: &str, message: &str) {
    let shown: String = told.chars().take(600).collect();
    assert!(told.contains(code) && told.contains(message), "{shown}");
    assert!(told.len() < 4_000, "an error is short: {shown}");
}

fn store(server: &Server, key: &str, arguments: Value) -> crate::binary::http::Answer {
    server.mcp(
        key,
        "tools/call",
        call("knowledge_write_knowledge", arguments),
    )
}

#[test]
fn too_much_is_refused_by_name_over_http() {
    let server = genkan().serve();
    let key = server.admin_key();
    for (arguments, code, message) in refused() {
        says(&store(&server, &key, arguments).body, code, message);
    }
}

#[test]
fn too_much_is_refused_by_name_over_stdio_in_both_eras() {
    let binary = genkan();
    let mut modern = binary.stdio(&[]);
    for (arguments, code, message) in refused() {
        let told = modern.asks("tools/call", call("knowledge_write_knowledge", arguments));
        says(&told.to_string(), code, message);
    }
    modern.ends();
    let mut legacy = binary.stdio(&[]);
    legacy.initialize();
    for (arguments, code, message) in refused() {
        let told =
            legacy.asks_in_session("tools/call", call("knowledge_write_knowledge", arguments));
        says(&told.to_string(), code, message);
    }
    legacy.ends();
}

#[test]
fn too_much_in_a_file_is_named_with_its_line_and_the_rest_is_imported() {
    let binary = genkan();
    binary
        .run([
            "tools",
            "call",
            "knowledge_create_namespace",
            "name=team",
            "description=Our team",
        ])
        .ok();
    let entries: Vec<Value> = refused()
        .into_iter()
        .map(|(arguments, ..)| json!({"content": arguments["content"], "context": words(&arguments)}))
        .chain([json!({"content": "Fine.", "context": "fine"})])
        .collect();
    let file = binary.root().join("large.json");
    fs::write(&file, json!(entries).to_string()).unwrap();
    let file = file.to_str().unwrap();
    let ended = binary.run([
        "--json",
        "knowledge",
        "import",
        file,
        "--scope",
        "global:default",
        "--format",
        "json",
    ]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let told = ended.json();
    assert_eq!(
        (&told["created"], &told["failed"]),
        (&json!(1), &json!(4)),
        "{told}"
    );
    says(&told.to_string(), "too_large", "has 100000 keywords");
}

/// Keywords as a file has them.
fn words(arguments: &Value) -> String {
    match &arguments["context"] {
        Value::Array(words) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        other => other.as_str().unwrap().to_owned(),
    }
}

#[test]
fn a_text_of_a_megabyte_is_stored_found_and_keeps_nobody_waiting() {
    // With one thread to serve everybody, whoever works on it for long would keep all waiting.
    let server = genkan().variable("TOKIO_WORKER_THREADS", "1").serve();
    let key = server.admin_key();
    let mut rounds = Vec::new();
    for round in 0..3 {
        let mut waiting = Duration::ZERO;
        let text: String = (0..116_000)
            .map(|n| format!("tide{} ", n % 9_000 + round))
            .collect();
        assert!(
            text.len() <= CONTENT && text.len() > CONTENT * 9 / 10,
            "{}",
            text.len()
        );
        let entry = json!({"scope": "global:default", "content": text, "context": "almanac"});
        let begun = Instant::now();
        std::thread::scope(|scope| {
            let written = scope.spawn(|| {
                let status = store(&server, &key, entry).status;
                (status, begun.elapsed())
            });
            while !written.is_finished() {
                let asked = Instant::now();
                assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
                waiting = waiting.max(asked.elapsed());
            }
            let (status, took) = written.join().unwrap();
            assert_eq!(status, 200);
            rounds.push((waiting, took));
        });
    }
    // Nobody waited for half of a write; once is enough, since the machine may be busy otherwise.
    assert!(
        rounds.iter().any(|(waiting, took)| *waiting * 2 < *took),
        "the longest wait and the write: {rounds:?}"
    );
    let wish = json!({"scope": "global:default", "queries": ["tide8999 almanac"]});
    let found = server.mcp(&key, "tools/call", call("knowledge_get_task_context", wish));
    assert!(found.body.contains("tide8999"), "{}", found.body.len());
}
