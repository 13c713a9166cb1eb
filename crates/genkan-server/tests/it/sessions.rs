//! Who may use a session, for how long, and how many there may be.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::House,
    legacy::{Session, initialize, request},
    wire::{Ask, Reply, post},
};

fn list() -> Value {
    request(1, "tools/list", json!({}))
}

fn said(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

#[tokio::test]
async fn faults_of_the_session_header() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let table = [
        (post(&house.admin, &list()), 400, "session_required"),
        (
            session.post(&list()).header("mcp-session-id", "nonsense"),
            404,
            "session_unknown",
        ),
        (
            session.post(&list()).also("mcp-session-id", &session.id),
            400,
            "header_mismatch",
        ),
        (
            session
                .post(&list())
                .header("mcp-protocol-version", "1999-01-01"),
            400,
            "unsupported_version",
        ),
        (
            session
                .post(&list())
                .header("mcp-protocol-version", "2025-11-25"),
            200,
            "",
        ),
        (
            session
                .post(&list())
                .header("mcp-protocol-version", "2024-11-05"),
            200,
            "",
        ),
        (
            session.post(&list()).path("/mcp/test"),
            404,
            "session_unknown",
        ),
        (
            session.bare("GET").without("mcp-session-id"),
            400,
            "session_required",
        ),
        (
            session.bare("GET").header("accept", "application/json"),
            406,
            "not_acceptable",
        ),
        (session.bare("HEAD"), 405, ""),
        (
            session.bare("DELETE").without("mcp-session-id"),
            400,
            "session_required",
        ),
        (
            session.bare("DELETE").header("mcp-session-id", "nonsense"),
            404,
            "session_unknown",
        ),
    ];
    for (position, (ask, status, code)) in table.into_iter().enumerate() {
        let reply = ask.send(&house.router).await;
        assert_eq!(
            said(&reply),
            (status, code),
            "row {position}: {}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_session_belongs_to_who_opened_it() {
    let house = House::open().await;
    let other = house.key("other", "admin").await;
    let session = Session::open(&house, "2025-11-25").await;
    let as_other = |ask: Ask| ask.bearer(&other);
    for ask in [
        session.post(&list()),
        session.bare("GET"),
        session.bare("DELETE"),
    ] {
        assert_eq!(
            said(&as_other(ask.clone()).send(&house.router).await),
            (404, "session_unknown")
        );
        let nobody = ask
            .clone()
            .without("authorization")
            .send(&house.router)
            .await;
        assert_eq!(said(&nobody), (401, "unauthenticated"));
        assert_eq!(nobody.header("www-authenticate"), "Bearer");
        let wrong = ask.bearer("gk_x").send(&house.router).await;
        assert_eq!(said(&wrong), (401, "unauthenticated"));
    }
    assert_eq!(
        session.send(&list()).await.status,
        200,
        "it goes on for its owner"
    );
}

#[tokio::test]
async fn initialize_is_refused_with_what_is_wrong() {
    let house = House::open().await;
    let mut no_version = initialize("2025-11-25");
    no_version["params"]
        .as_object_mut()
        .unwrap()
        .remove("protocolVersion");
    let table = [
        (post(&house.admin, &no_version), 400, "invalid_params"),
        (
            post("gk_x", &initialize("2025-11-25")),
            401,
            "unauthenticated",
        ),
        (
            post(&house.admin, &initialize("2025-11-25")).without("authorization"),
            401,
            "unauthenticated",
        ),
        (
            post(&house.admin, &initialize("2025-11-25")).path("/mcp/nowhere"),
            404,
            "not_found",
        ),
    ];
    for (ask, status, code) in table {
        let reply = ask.send(&house.router).await;
        assert_eq!(said(&reply), (status, code));
        assert_eq!(reply.header("mcp-session-id"), "");
    }
}

#[tokio::test]
async fn an_idle_session_ends_and_one_with_a_stream_does_not() {
    let house = House::with(|settings| settings.session_idle = Duration::from_secs(60)).await;
    let idle = Session::open(&house, "2025-11-25").await;
    let used = Session::open(&house, "2025-11-25").await;
    let listening = Session::open(&house, "2025-11-25").await;
    let _stream = listening.bare("GET").open(&house.router).await;
    house.clock.advance(Duration::from_secs(40));
    assert_eq!(used.send(&list()).await.status, 200);
    house.clock.advance(Duration::from_secs(40));
    assert_eq!(said(&idle.send(&list()).await), (404, "session_unknown"));
    assert_eq!(used.send(&list()).await.status, 200);
    assert_eq!(listening.send(&list()).await.status, 200);
}

#[tokio::test]
async fn a_wall_clock_that_jumps_neither_ends_a_session_nor_keeps_one() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let house = House::with(|settings| settings.session_idle = Duration::from_secs(60)).await;
    let session = Session::open(&house, "2025-11-25").await;
    for by_ms in [DAY_MS, -2 * DAY_MS] {
        house.clock.jump(by_ms);
        assert_eq!(session.send(&list()).await.status, 200);
    }
    house.clock.advance(Duration::from_secs(61));
    assert_eq!(said(&session.send(&list()).await), (404, "session_unknown"));
}

#[tokio::test]
async fn sessions_are_bounded_in_all_and_per_caller_and_recover() {
    let house = House::with(|settings| {
        (settings.sessions, settings.sessions_per_principal) = (3, 2);
        settings.session_idle = Duration::from_secs(60);
    })
    .await;
    let (one, two) = (
        house.key("one", "user").await,
        house.key("two", "user").await,
    );
    let greet = |key: &str| post(key, &initialize("2025-11-25"));
    let first = Session::greet(&house, &one, initialize("2025-11-25")).await;
    Session::greet(&house, &one, initialize("2025-11-25")).await;
    let full = greet(&one).send(&house.router).await;
    assert_eq!(
        (said(&full), full.header("retry-after")),
        ((503, "session_limit"), "1")
    );
    Session::greet(&house, &two, initialize("2025-11-25")).await;
    assert_eq!(
        said(&greet(&two).send(&house.router).await),
        (503, "session_limit")
    );

    assert_eq!(first.bare("DELETE").send(&house.router).await.status, 204);
    Session::greet(&house, &two, initialize("2025-11-25")).await;
    assert_eq!(
        said(&greet(&one).send(&house.router).await),
        (503, "session_limit")
    );
    house.clock.advance(Duration::from_secs(61));
    Session::greet(&house, &one, initialize("2025-11-25")).await;
}

#[tokio::test]
async fn clients_with_the_same_ids_do_not_meet() {
    let house = House::open().await;
    let other = house.key("other", "user").await;
    let one = Session::open(&house, "2025-11-25").await;
    let two = Session::greet(&house, &other, initialize("2025-11-25")).await;
    soon_both(&house, &one, &two).await;
    // The other's cancellation is about the other's request.
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 0}});
    let ask = one.post(&crate::legacy::call(0, "test_hang", json!({})));
    let hanging = ask.hang_up(&house.router, house.ended.begun());
    hanging.await;
    assert_eq!(two.send(&cancel).await.status, 202);
    let still = one.send(&request(0, "tools/list", json!({}))).await;
    assert_eq!(still.rpc_code(), -32600, "the call goes on");
    one.send(&cancel).await;
    house.ended.ended().await;
}

async fn soon_both(house: &House, one: &Session<'_>, two: &Session<'_>) {
    let ask = |session: &Session<'_>, text: &str| {
        session.post(&crate::legacy::call(0, "test_echo", json!({"text": text})))
    };
    let (first, second) = tokio::join!(
        ask(one, "one").send(&house.router),
        ask(two, "two").send(&house.router)
    );
    assert_eq!(first.json["result"]["structuredContent"]["text"], "one");
    assert_eq!(second.json["result"]["structuredContent"]["text"], "two");
}

#[tokio::test]
async fn answers_and_notifications_that_nobody_waits_for_are_ignored() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    let messages = [
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": "x", "error": {"code": 1, "message": ""}}),
        json!({"jsonrpc": "2.0", "method": "nonsense"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "nobody"}}),
    ];
    for message in messages {
        assert_eq!(session.send(&message).await.status, 202, "{message}");
    }
}
