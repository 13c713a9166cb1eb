//! The metrics of requests: exact names, route templates, every answer counted.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::{
    fixture::House,
    wire::{Ask, call, modern, post},
};

#[tokio::test]
async fn every_answer_is_counted_by_method_route_and_status() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // The runtime of this test has one thread, which resolves the handles.
    let _local = metrics::set_default_local_recorder(&recorder);
    let house = House::open().await;
    for _ in 0..2 {
        modern(&house.admin, &call("test_echo", json!({})))
            .send(&house.router)
            .await;
    }
    modern("gk_wrong", &call("test_echo", json!({})))
        .path("/mcp/test")
        .send(&house.router)
        .await;
    Ask::new("BREW", "/health").send(&house.router).await;
    Ask::new("GET", "/secret/path").send(&house.router).await;
    Ask::new("GET", "/metrics")
        .header("host", "evil.example")
        .send(&house.router)
        .await;
    let text = handle.render();
    for line in [
        r#"http_requests_total{method="POST",endpoint="/mcp",status="200"} 2"#,
        r#"http_requests_total{method="POST",endpoint="/mcp/{profile}",status="401"} 1"#,
        r#"http_requests_total{method="other",endpoint="/health",status="405"} 1"#,
        r#"http_requests_total{method="GET",endpoint="unmatched",status="404"} 1"#,
        r#"http_requests_total{method="GET",endpoint="/metrics",status="403"} 1"#,
        r#"http_request_duration_seconds_count{method="POST",endpoint="/mcp"} 2"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("BREW"), "{text}");
}

#[tokio::test]
async fn every_refused_caller_is_counted_once() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let house = House::open().await;
    let message = call("test_echo", json!({}));
    let hello = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "0" },
        },
    });
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let named = modern("gk_wrong", &message);
    // Where the length is not told the body may be large, which is read for known callers only.
    let told = |ask: Ask, length: usize| ask.header("content-length", &length.to_string());
    let wrong = |method: &str, path: &str| Ask::new(method, path).bearer("gk_wrong");
    let table = [
        // Refused by the engine, as a call.
        told(named.clone(), message.to_string().len()),
        // By the door: nothing shown, a body that may be large, a body that is none.
        named.clone().without("authorization"),
        named.clone(),
        told(named.clone().body("{"), 1),
        // Nothing that a credential could be.
        named.clone().header("authorization", "Basic YTpi"),
        named.clone().header("x-api-key", "gk_other"),
        wrong("GET", "/metrics").header("authorization", "Basic YTpi"),
        // No calls.
        told(post("gk_wrong", &hello), hello.to_string().len()),
        told(
            post("gk_wrong", &ping).header("mcp-session-id", "x"),
            ping.to_string().len(),
        ),
        wrong("GET", "/mcp"),
        wrong("DELETE", "/mcp"),
        wrong("GET", "/metrics"),
        Ask::new("GET", "/metrics"),
    ];
    for (position, ask) in table.into_iter().enumerate() {
        assert_eq!(ask.send(&house.router).await.status, 401, "row {position}");
        let text = handle.render();
        let count = format!(
            "genkan_calls_refused_total{{code=\"unauthenticated\"}} {}\n",
            position + 1
        );
        assert!(text.contains(&count), "row {position}: {count}{text}");
    }
}
