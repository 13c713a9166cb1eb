//! Trace context of callers: from `_meta`, or else from headers, into the call.

use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{self, Session},
    wire::{self, Ask},
};

const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

/// A call with these members in its `_meta`, in both eras.
async fn both(house: &House, meta: Value) -> [Ask; 2] {
    let add = |mut message: Value| {
        let members = meta.as_object().unwrap().clone();
        let told = &mut message["params"]["_meta"];
        if told.is_null() {
            *told = json!({});
        }
        told.as_object_mut().unwrap().extend(members);
        message
    };
    let session = Session::open(house, "2025-11-25").await;
    let modern = add(wire::call("test_traced", json!({})));
    let legacy = add(legacy::call(1, "test_traced", json!({})));
    [wire::modern(&house.admin, &modern), session.post(&legacy)]
}

async fn told(house: &House, ask: Ask) -> Value {
    let reply = ask
        .header("x-correlation-id", "mine")
        .send(&house.router)
        .await;
    assert_eq!(
        reply.header("x-correlation-id"),
        "mine",
        "that is another matter"
    );
    reply.json["result"]["structuredContent"].clone()
}

#[tokio::test]
async fn meta_is_carried_into_the_call_and_wins_over_headers() {
    let house = House::open().await;
    let meta = json!({"traceparent": ONE, "tracestate": "a=1", "baggage": "user=7"});
    let expected = json!({"parent": ONE, "state": "a=1", "baggage": "user=7"});
    for ask in both(&house, meta).await {
        let ask = ask.header("traceparent", OTHER).header("tracestate", "b=2");
        assert_eq!(told(&house, ask).await, expected);
    }
    for ask in both(&house, json!({})).await {
        let ask = ask
            .header("traceparent", OTHER)
            .header("tracestate", "b=2")
            .also("tracestate", "c=3");
        let expected = json!({"parent": OTHER, "state": "b=2,c=3", "baggage": null});
        assert_eq!(told(&house, ask).await, expected);
    }
}

#[tokio::test]
async fn what_is_malformed_is_ignored_and_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let house = House::open().await;
    let nothing = json!({"parent": null, "state": null, "baggage": null});
    let wrong = [
        json!({"traceparent": "nonsense", "tracestate": "a=1"}),
        json!({"traceparent": 7}),
        json!({"baggage": "="}),
    ];
    for meta in wrong {
        for ask in both(&house, meta.clone()).await {
            let ask = ask.header("traceparent", OTHER);
            assert_eq!(
                told(&house, ask).await,
                nothing,
                "{meta}: `_meta` was meant"
            );
        }
    }
    for ask in both(&house, json!({})).await {
        let ask = ask.header("traceparent", ONE).also("traceparent", OTHER);
        assert_eq!(told(&house, ask).await, nothing);
    }
    for (part, count) in [("traceparent", 6), ("baggage", 2)] {
        let line = format!("genkan_trace_context_ignored_total{{part=\"{part}\"}} {count}");
        assert!(
            handle.render().contains(&line),
            "{line}\n{}",
            handle.render()
        );
    }
}
