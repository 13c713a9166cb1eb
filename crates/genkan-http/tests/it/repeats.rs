//! What is sent once more and what never is; what is left alone after failing.

use std::{sync::Arc, time::Duration};

use genkan_http::{BreakerState, Client, Content, Error, Options, Repeat};
use genkan_testkit::raw_server::{RawServer, Step, answer, ok};
use http::{HeaderValue, Method};

use crate::house::{Ahead, client, client_at, get, options, request, text};

fn patient() -> Client {
    client(Options {
        attempts: 3,
        ..options()
    })
}

#[tokio::test]
async fn what_has_no_effect_is_repeated_after_passing_failures() {
    let rows: Vec<(&str, Step)> = vec![
        ("500", answer("500 Internal Server Error", "", "")),
        ("502", answer("502 Bad Gateway", "", "")),
        (
            "503, and when",
            answer("503 Service Unavailable", "Retry-After: 0.01\r\n", ""),
        ),
        ("504", answer("504 Gateway Timeout", "", "")),
        ("408", answer("408 Request Timeout", "", "")),
        ("closed", Step::Close),
        ("no HTTP", Step::Send(b"what?\r\n\r\n".to_vec())),
    ];
    let runs = rows.into_iter().map(|(name, failure)| async move {
        let server = RawServer::start(move |_, before| match before {
            0 | 1 => vec![failure.clone()],
            _ => vec![ok("third")],
        })
        .await;
        let answer = text(&patient(), get(&server.url("/"))).await;
        assert_eq!(answer.expect(name), "third");
        assert_eq!(server.seen().len(), 3, "{name}");
    });
    futures_util::future::join_all(runs).await;
}

#[tokio::test]
async fn what_may_have_an_effect_is_sent_once() {
    for failure in [
        answer("500 Internal Server Error", "", ""),
        answer("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        answer("429 Too Many Requests", "Retry-After: 0\r\n", ""),
        Step::Close,
    ] {
        let server = RawServer::start(move |_, _| vec![failure.clone()]).await;
        let post = request(Method::POST, &server.url("/")).content(
            HeaderValue::from_static("text/plain"),
            Content::Bytes("effect".into()),
        );
        match patient().send(post).await {
            Ok(answer) => assert!(answer.status.as_u16() >= 400),
            Err(error) => assert!(!error.is_unsent(), "{error:?}"),
        }
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn attempts_end_and_other_statuses_are_answers_at_once() {
    let server = RawServer::start(|_, _| vec![answer("503 Service Unavailable", "", "down")]).await;
    let answered = patient().send(get(&server.url("/"))).await.unwrap();
    assert_eq!(answered.status, 503);
    assert_eq!(answered.bytes().await.unwrap(), "down");
    assert_eq!(server.seen().len(), 3);
    for status in ["400 Bad Request", "404 Not Found", "501 Not Implemented"] {
        let server = RawServer::start(move |_, _| vec![answer(status, "", "")]).await;
        patient().send(get(&server.url("/"))).await.unwrap();
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    // A pause that is longer than the time of the request is not begun.
    let told = |_: &str, _| {
        vec![answer(
            "503 Service Unavailable",
            "Retry-After: 3600\r\n",
            "",
        )]
    };
    let server = RawServer::start(told).await;
    assert_eq!(
        patient().send(get(&server.url("/"))).await.unwrap().status,
        503
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_stream_is_sent_whole_and_once() {
    let server = RawServer::start(|_, _| vec![answer("503 Service Unavailable", "", "")]).await;
    let parts = ["one ", "two ", "three"].map(|part| Ok(bytes::Bytes::from(part)));
    let stream = Box::pin(futures_util::stream::iter(parts));
    let put = request(Method::PUT, &server.url("/"))
        .repeat(Repeat::Idempotent)
        .content(
            HeaderValue::from_static("text/plain"),
            Content::Stream(stream),
        );
    assert_eq!(patient().send(put).await.unwrap().status, 503);
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    let content: String = seen[0].split("\r\n").skip(1).collect();
    for part in ["one ", "two ", "three"] {
        assert!(content.contains(part), "{content}");
    }
}

#[tokio::test]
async fn a_server_that_fails_repeatedly_is_left_alone_and_tried_again() {
    let server = RawServer::start(|_, before| match before {
        0..=2 => vec![answer("503 Service Unavailable", "", "")],
        _ => vec![ok("back")],
    })
    .await;
    let clock = Arc::new(Ahead::default());
    let options = Options {
        breaker_failures: 3,
        breaker_recovery: Duration::from_secs(3_000),
        ..options()
    };
    let client = client_at(options, clock.clone());
    for _ in 0..3 {
        assert_eq!(
            client.send(get(&server.url("/"))).await.unwrap().status,
            503
        );
    }
    let error = text(&client, get(&server.url("/"))).await.unwrap_err();
    let Error::Suspended { retry_after, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(error.is_unsent() && *retry_after <= Duration::from_secs(3_000));
    assert_eq!(server.seen().len(), 3, "it was left alone");
    assert_eq!(client.hosts()[0].breaker, BreakerState::Open);
    clock.advance(Duration::from_secs(3_000));
    assert_eq!(client.hosts()[0].breaker, BreakerState::Trying);
    assert_eq!(text(&client, get(&server.url("/"))).await.unwrap(), "back");
    assert_eq!(client.hosts()[0].breaker, BreakerState::Closed);
}

#[tokio::test]
async fn a_breaker_can_be_closed_by_hand() {
    let server = RawServer::start(|_, before| match before {
        0 => vec![Step::Close],
        _ => vec![ok("back")],
    })
    .await;
    let client = client(Options {
        breaker_failures: 1,
        breaker_recovery: Duration::from_secs(3_600),
        ..options()
    });
    text(&client, get(&server.url("/"))).await.unwrap_err();
    let error = text(&client, get(&server.url("/"))).await.unwrap_err();
    assert!(matches!(error, Error::Suspended { .. }), "{error:?}");
    let origin = client.hosts()[0].origin.clone();
    assert!(client.reset_breaker(&origin));
    assert_eq!(text(&client, get(&server.url("/"))).await.unwrap(), "back");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_and_then_told() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.3", 0))
        .await
        .unwrap();
    let url = format!("http://127.0.0.3:{}/", closed.local_addr().unwrap().port());
    drop(closed);
    let error = text(&patient(), request(Method::POST, &url))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unreachable { .. }) && error.is_unsent(),
        "{error:?}"
    );
}
