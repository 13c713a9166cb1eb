//! Known faults of clients: forgiven and counted by name, refused where the switch is off.

use genkan_server::Quirks;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

use crate::{
    fixture::House,
    legacy::{Session, initialize, request as in_session},
    wire::{self, Ask, call, modern, request},
};

const NONE: Quirks = Quirks {
    version_header: false,
    discover_headers: false,
    accept: false,
    session_version: false,
    unasked_version: false,
    session_id: false,
};

/// Sends the request to a house that forgives everything and to one that forgives nothing.
async fn both(house: &House, strict: &House, ask: impl Fn(&House) -> Ask) -> (u16, u16) {
    let forgiven = ask(house).send(&house.router).await.status.as_u16();
    (
        forgiven,
        ask(strict).send(&strict.router).await.status.as_u16(),
    )
}

#[tokio::test]
async fn each_is_forgiven_counted_and_can_be_switched_off() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let house = House::open().await;
    let strict = House::with(|settings| settings.quirks = NONE).await;

    let echo = call("test_echo", json!({"text": "x"}));
    let claude = |house: &House| {
        modern(&house.admin, &echo)
            .header("mcp-protocol-version", "2025-11-25")
            .without("mcp-method")
            .without("mcp-name")
    };
    assert_eq!(both(&house, &strict, claude).await, (200, 400));
    let copilot = |house: &House| {
        let discover = request(1, "server/discover", json!({}));
        modern(&house.admin, &discover).header("mcp-method", "initialize")
    };
    assert_eq!(both(&house, &strict, copilot).await, (200, 400));
    for accept in ["*/*", "application/json"] {
        let either = |house: &House| modern(&house.admin, &echo).header("accept", accept);
        assert_eq!(both(&house, &strict, either).await, (200, 406), "{accept}");
    }
    for (house, status) in [(&house, 200), (&strict, 400)] {
        let session = Session::open(house, "2025-03-26").await;
        let ping = session.post(&in_session(1, "ping", json!({})));
        let ping = ping.header("mcp-protocol-version", "2025-06-18");
        assert_eq!(ping.send(&house.router).await.status, status);
    }

    let text = handle.render();
    for (quirk, count) in [
        ("version_header", 1),
        ("discover_headers", 1),
        ("accept", 2),
        ("session_version", 1),
    ] {
        let line = format!("genkan_quirks_total{{quirk=\"{quirk}\"}} {count}");
        assert!(text.contains(&line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn a_session_of_the_first_revision_may_send_any_version() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let house = House::open().await;
    let strict = House::with(|settings| settings.quirks = NONE).await;
    let versions = ["2025-06-18", "2026-07-28", "1999-01-01"];
    for version in versions {
        for (house, forgives) in [(&house, true), (&strict, false)] {
            let session = Session::open(house, "2024-11-05").await;
            let ping = session.post(&in_session(1, "ping", json!({})));
            let end = session.bare("DELETE");
            let sent = |ask: Ask| ask.header("mcp-protocol-version", version);
            let ping = sent(ping).send(&house.router).await.status.as_u16();
            let end = sent(end).send(&house.router).await.status.as_u16();
            assert_eq!((ping == 200, end == 204), (forgives, forgives), "{version}");
        }
        // It is the session that makes it a quirk.
        let newer = Session::open(&house, "2025-11-25").await;
        let ping = newer.post(&in_session(1, "ping", json!({})));
        let ping = ping.header("mcp-protocol-version", version);
        let status = ping.send(&house.router).await.status.as_u16();
        assert_eq!(status == 200, version == "2025-06-18", "{version}");
        let unknown = newer.post(&in_session(1, "ping", json!({})));
        let unknown = unknown
            .header("mcp-protocol-version", "1999-01-01")
            .header("mcp-session-id", "nonsense");
        assert_eq!(
            unknown.send(&house.router).await.code(),
            "unsupported_version"
        );
    }
    let line = "genkan_quirks_total{quirk=\"unasked_version\"} 6";
    assert!(handle.render().contains(line), "{}", handle.render());
}

#[tokio::test]
async fn who_has_one_session_need_not_name_it_where_that_is_switched_on() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let house = House::with(|settings| settings.quirks.session_id = true).await;
    let other = house.key("other", "admin").await;
    let greet = |key: &str| wire::post(key, &initialize("2025-11-25"));
    let ping = |key: &str| wire::post(key, &in_session(1, "ping", json!({})));
    let code = async |ask: Ask| {
        let reply = ask.send(&house.router).await;
        (reply.status.as_u16(), reply.code().to_owned())
    };
    let required = (400, "session_required".to_owned());
    assert_eq!(
        code(ping(&house.admin)).await,
        required,
        "there is none yet"
    );
    greet(&house.admin).send(&house.router).await;
    assert_eq!(code(ping(&house.admin)).await.0, 200);
    assert_eq!(code(ping(&other)).await, required, "it is somebody else's");
    assert_eq!(code(ping(&house.admin).path("/mcp/test")).await, required);
    greet(&house.admin).send(&house.router).await;
    assert_eq!(
        code(ping(&house.admin)).await,
        required,
        "which of the two?"
    );
    let line = "genkan_quirks_total{quirk=\"session_id\"} 1";
    assert!(handle.render().contains(line), "{}", handle.render());
}

#[tokio::test]
async fn what_is_worse_than_a_quirk_is_refused() {
    let house = House::open().await;
    let right = modern(&house.admin, &call("test_echo", json!({"text": "x"})));
    let wrong = [
        right.clone().without("mcp-protocol-version"),
        right.clone().header("mcp-protocol-version", "2030-01-01"),
        right.clone().header("mcp-method", "tools/list"),
        right
            .header("mcp-protocol-version", "2025-11-25")
            .header("mcp-name", "test_key"),
    ];
    // The body decides, so that it must be one that is served.
    let mut unknown = request(1, "server/discover", json!({}));
    unknown["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "1999-01-01".into();
    let unknown = modern(&house.admin, &unknown);
    for ask in wrong.into_iter().chain([unknown]) {
        let reply = ask.send(&house.router).await;
        assert_eq!((reply.status.as_u16(), reply.rpc_code()), (400, -32020));
    }
}
