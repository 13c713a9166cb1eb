//! What the settings of operators do.

use std::process::Command;

use serde_json::{Value, json};

use crate::binary::{Server, call, entry, genkan, http, modern, search};

fn with(name: &str, value: &str) -> crate::binary::Binary {
    genkan().variable(name, value)
}

#[test]
fn ops_bind_shows_numbers_without_a_key_and_nothing_else() {
    let server = with("GENKAN_OPS__BIND", "127.0.0.1:0").serve();
    let operators = server.told["ops"].as_str().unwrap();
    for path in ["/health", "/ready", "/metrics"] {
        let answer = http::get(operators, path, None);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    let metrics = http::get(operators, "/metrics", None).body;
    assert!(metrics.contains("http_requests_total"), "{metrics}");
    let message = modern(1, "tools/list", json!({}));
    let elsewhere = http::mcp(operators, "/mcp", &server.admin_key(), &message);
    assert_eq!(elsewhere.status, 404, "{elsewhere:?}");
    assert_eq!(server.get("/metrics", None).status, 401);
    assert!(server.told["ops"] != server.told["address"]);

    let taken = with("GENKAN_OPS__BIND", operators).run(["serve", "--bind", "127.0.0.1:0"]);
    assert!(taken.err.contains("error[address_in_use]"), "{taken:?}");
    assert!(taken.err.contains("`ops.bind`"), "{taken:?}");
}

fn used(level: &str) -> (Server, http::Answer) {
    let server = with("GENKAN_OPS__METRICS", level).serve();
    let key = server.admin_key();
    for asked in [call("knowledge_write_knowledge", entry("tide")), search()] {
        assert_eq!(server.mcp(&key, "tools/call", asked).status, 200);
    }
    let metrics = server.get("/metrics", Some(&key));
    (server, metrics)
}

#[test]
fn ops_metrics_measures_everything_little_or_nothing() {
    let has = |metrics: &http::Answer, name: &str| metrics.body.contains(&format!("\n{name}"));
    let counted = ["mcp_tool_calls_total", "http_requests_total"];
    let timed = ["mcp_tool_duration_seconds", "http_request_duration_seconds"];
    let fine = [
        "genkan_stage_duration_seconds",
        "genkan_store_queue_seconds",
        "genkan_store_commit_seconds",
        "db_query_duration_seconds",
        "genkan_knowledge_cache_seconds",
    ];
    for (level, is_fine) in [("full", true), ("basic", false)] {
        let (_server, metrics) = used(level);
        for name in counted.iter().chain(&timed) {
            assert!(has(&metrics, name), "{level}: {name}: {metrics:?}");
        }
        for name in fine {
            assert_eq!(has(&metrics, name), is_fine, "{level}: {name}: {metrics:?}");
        }
    }
    let (server, metrics) = used("off");
    assert_eq!(metrics.status, 404, "{metrics:?}");
    assert!(metrics.body.contains("`ops.metrics`"), "{metrics:?}");
    assert_eq!(server.get("/ready", None).status, 200);
}

/// What the script of the page makes of two scrapes, two seconds apart, in a browser's stead.
fn overview(script: &str, scrapes: [&str; 2]) -> Option<Value> {
    let Some(node) = std::env::var_os("GENKAN_TEST_NODE") else {
        eprintln!("skipped: GENKAN_TEST_NODE is not set");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.cjs");
    let input = json!(scrapes).to_string();
    let ask = format!(
        "{script}\nconst [before, now] = {input}.map(read);\n\
         console.log(JSON.stringify(overview(before, now, 2)));\n"
    );
    std::fs::write(&file, ask).unwrap();
    let ended = Command::new(node).arg(&file).output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    Some(serde_json::from_slice(&ended.stdout).unwrap())
}

#[test]
fn the_page_of_operators_shows_what_was_done_and_loads_nothing_from_elsewhere() {
    let server = with("GENKAN_OPS__BIND", "127.0.0.1:0").serve();
    let (operators, key) = (server.told["ops"].as_str().unwrap(), server.admin_key());
    let page = http::get(operators, "/", None).body;
    assert!(page.contains("<script src=\"page.js\">"), "{page}");
    let script = http::get(operators, "/page.js", None).body;
    for text in [&page, &script] {
        assert!(
            !text.contains("//cdn") && !text.contains("https:"),
            "{text}"
        );
    }
    let before = http::get(operators, "/metrics", None).body;
    let write = call("knowledge_write_knowledge", entry("tide"));
    for params in [write, search(), search(), search()] {
        server.mcp(&key, "tools/call", params);
    }
    let now = http::get(operators, "/metrics", None).body;
    let Some(shown) = overview(&script, [&before, &now]) else {
        return;
    };
    let numbers = shown["numbers"].as_array().unwrap();
    let value = |name: &str| {
        let found = numbers.iter().find(|pair| pair[0] == name);
        found.unwrap_or_else(|| panic!("no {name}: {shown}"))[1].clone()
    };
    assert_eq!(value("Calls of tools per second"), "2");
    assert_eq!(value("Failed per second"), "0");
    assert_eq!(value("Redis connections"), "–");
    assert!(
        value("P95 of requests").as_str().unwrap().starts_with('≤'),
        "{shown}"
    );
    let first = &shown["tools"][0];
    assert_eq!(first["tool"], "knowledge_get_task_context", "{shown}");
    assert_eq!((&first["calls"], &first["failed"]), (&json!(3), &json!(0)));
    let missing = http::get(server.address(), "/page.js", None);
    assert_eq!(missing.status, 404, "the page is for operators alone");
}
