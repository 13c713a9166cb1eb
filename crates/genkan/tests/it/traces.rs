//! What a collector of traces is told, and that nobody waits for it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use genkan_testkit::collector::{Collector, Manner};
use serde_json::{Value, json};

use crate::binary::{Server, entry, genkan, http, modern, search};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// A call with this `traceparent` in its headers.
fn call_within(server: &Server, message: &Value, parent: &str) -> http::Answer {
    let more = format!("traceparent: {parent}");
    http::mcp_with(
        server.address(),
        "/mcp",
        &server.admin_key(),
        message,
        &more,
    )
}

/// A server that sends its traces there, and knows of the tide.
fn knowing(collector: &Collector) -> Server {
    let server = genkan()
        .variable("GENKAN_TRACES__ENDPOINT", &collector.endpoint)
        .serve();
    let written = json!({ "name": "knowledge_write_knowledge", "arguments": entry("tide tables") });
    let answer = server.mcp(&server.admin_key(), "tools/call", written);
    assert_eq!(answer.status, 200);
    server
}

/// The spans of the trace, by their names, until the call itself has come, which ends last.
fn spans(collector: &Collector, trace: &str) -> BTreeMap<String, Value> {
    let mut spans = BTreeMap::new();
    loop {
        let span = collector.next();
        if span["traceId"] == trace {
            let is_call = span["kind"] == 2;
            spans.insert(span["name"].as_str().unwrap().to_owned(), span);
            if is_call {
                return spans;
            }
        }
    }
}

#[test]
fn a_call_is_one_connected_trace_with_its_stages_search_and_database() {
    let collector = Collector::start(Manner::Takes);
    let server = knowing(&collector);
    let message = modern(1, "tools/call", search());
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    assert_eq!(call_within(&server, &message, &parent).status, 200);
    let spans = spans(&collector, TRACE);
    let call = &spans["tools/call knowledge_get_task_context"];
    assert_eq!(call["parentSpanId"], "b7ad6b7169203331");
    let parent_of = |name: &str| {
        let parent = &spans
            .get(name)
            .unwrap_or_else(|| panic!("no {name}: {spans:?}"))["parentSpanId"];
        let found = spans.iter().find(|(_, span)| span["spanId"] == *parent);
        found.map(|(name, _)| name.as_str())
    };
    for stage in [
        "authenticate",
        "rate",
        "expose",
        "validate",
        "authorize",
        "run",
        "shape",
    ] {
        assert_eq!(
            parent_of(stage),
            Some("tools/call knowledge_get_task_context"),
            "{stage}"
        );
    }
    for work in ["database read", "cache", "parse", "search", "rank"] {
        assert_eq!(parent_of(work), Some("run"), "{work}");
    }
    assert_eq!(hits(&spans), "false", "nobody has asked that before");
    let time = |span: &Value, name: &str| span[name].as_str().unwrap().parse::<u64>().unwrap();
    for span in spans.values() {
        assert!(
            time(span, "startTimeUnixNano") <= time(span, "endTimeUnixNano"),
            "{span}"
        );
        assert!(
            time(call, "startTimeUnixNano") <= time(span, "startTimeUnixNano"),
            "{span}"
        );
        assert!(
            time(span, "endTimeUnixNano") <= time(call, "endTimeUnixNano"),
            "{span}"
        );
    }
    // Neither arguments nor content nor keys are told.
    let all = serde_json::to_string(&spans).unwrap();
    assert!(!all.contains("harbour") && !all.contains("gk_"), "{all}");
}

/// Whether the search of these spans was answered from the cache.
fn hits(spans: &BTreeMap<String, Value>) -> &str {
    let told = spans["cache"]["attributes"].as_array().unwrap();
    let hit = told.iter().find(|one| one["key"] == "genkan.cache.hit");
    hit.unwrap()["value"]["stringValue"].as_str().unwrap()
}

#[test]
fn a_search_that_was_answered_before_shows_that_in_its_trace() {
    let collector = Collector::start(Manner::Takes);
    let server = knowing(&collector);
    let message = modern(1, "tools/call", search());
    for (trace, hit) in [
        (TRACE, "false"),
        ("4bf92f3577b34da6a3ce929d0e0e4736", "true"),
    ] {
        let parent = format!("00-{trace}-b7ad6b7169203331-01");
        assert_eq!(call_within(&server, &message, &parent).status, 200);
        let spans = spans(&collector, trace);
        assert_eq!(hits(&spans), hit);
        assert_eq!(spans.contains_key("search"), hit == "false", "{spans:?}");
    }
}

#[test]
fn meta_tells_the_trace_too_and_a_write_and_an_error_are_seen() {
    let collector = Collector::start(Manner::Takes);
    let server = genkan()
        .variable("GENKAN_TRACES__ENDPOINT", &collector.endpoint)
        .serve();
    let call = |name: &str, arguments: Value, parent: &str| {
        let mut message = modern(
            1,
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        );
        message["params"]["_meta"]["traceparent"] = parent.into();
        http::mcp(server.address(), "/mcp", &server.admin_key(), &message)
    };
    call(
        "knowledge_write_knowledge",
        entry("tide"),
        &format!("00-{TRACE}-b7ad6b7169203331-01"),
    );
    let found = spans(&collector, TRACE);
    assert!(found.contains_key("database write"), "{found:?}");
    // One that its caller does not record is not told of; the next one is.
    call(
        "knowledge_write_knowledge",
        entry("ebb"),
        "00-00000000000000000000000000000001-b7ad6b7169203331-00",
    );
    let other = "4bf92f3577b34da6a3ce929d0e0e4736";
    call(
        "no_such_tool",
        json!({}),
        &format!("00-{other}-b7ad6b7169203331-01"),
    );
    let span = loop {
        let span = collector.next();
        assert_ne!(span["traceId"], "00000000000000000000000000000001");
        if span["traceId"] == other && span["kind"] == 2 {
            break span;
        }
    };
    assert_eq!(span["status"]["code"], 2, "{span}");
    assert!(
        span["attributes"].to_string().contains("unknown_tool"),
        "{span}"
    );
}

fn told(server: &Server, result: &str) -> bool {
    let metrics = server.get("/metrics", Some(&server.admin_key())).body;
    let series = format!("genkan_trace_spans_total{{result=\"{result}\"}} ");
    let value = metrics.lines().find_map(|line| line.strip_prefix(&series));
    value.is_some_and(|value| value.parse::<f64>().unwrap() > 0.0)
}

#[test]
fn a_collector_that_hangs_or_is_gone_holds_up_no_call() {
    let collector = Collector::start(Manner::Hangs);
    let server = genkan()
        .variable("GENKAN_TRACES__ENDPOINT", &collector.endpoint)
        .serve();
    let key = server.admin_key();
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
    while !told(&server, "dropped") {
        assert!(begun.elapsed() < Duration::from_secs(120), "it is given up");
    }
    collector.set(Manner::Takes);
    assert_eq!(server.mcp(&key, "tools/list", json!({})).status, 200);
    collector.next();
    let gone = genkan()
        .variable("GENKAN_TRACES__ENDPOINT", "http://127.0.0.1:1")
        .serve();
    assert_eq!(
        gone.mcp(&gone.admin_key(), "tools/list", json!({})).status,
        200
    );
    assert_eq!(gone.terminate(), Some(0));
}
