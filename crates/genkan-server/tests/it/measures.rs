//! The metrics of requests: exact names, route templates, every answer counted.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::{
    fixture::House,
    wire::{Ask, call, modern},
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
    Ask::new("GET", "/ready")
        .header("host", "evil.example")
        .send(&house.router)
        .await;
    let text = handle.render();
    for line in [
        r#"http_requests_total{method="POST",endpoint="/mcp",status="200"} 2"#,
        r#"http_requests_total{method="POST",endpoint="/mcp/{profile}",status="401"} 1"#,
        r#"http_requests_total{method="other",endpoint="/health",status="405"} 1"#,
        r#"http_requests_total{method="GET",endpoint="unmatched",status="404"} 1"#,
        r#"http_requests_total{method="GET",endpoint="/ready",status="403"} 1"#,
        r#"http_request_duration_seconds_count{method="POST",endpoint="/mcp"} 2"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("BREW"), "{text}");
}
