//! Answers that no good Zulip gives, and what the client makes of them.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use genkan_core::{Code, Secret};
use genkan_http::Options;
use genkan_testkit::raw_server::{RawServer, Step, answer, ok};
use genkan_toolsets::zulip::client::{Form, Identity, Message, Recipient, Upload};
use http::Method;

use crate::zulip_client::{client_at, client_with, options};

fn me() -> Identity {
    Identity {
        email: "me@zulip.example".to_owned(),
        key: Secret::new("k".repeat(32)),
    }
}

/// Status, content, the code when reading, and the code when something was to be changed.
const ROWS: [(&str, &str, &str, &str); 14] = [
    ("200 OK", "[]", "remote_broken", "outcome_unknown"),
    ("200 OK", "<html>", "remote_broken", "outcome_unknown"),
    (
        "200 OK",
        r#"{"result": "partially_completed"}"#,
        "remote_broken",
        "outcome_unknown",
    ),
    (
        "200 OK",
        r#"{"result": "success""#,
        "remote_broken",
        "outcome_unknown",
    ),
    ("302 Found", "<html>", "remote_broken", "remote_broken"),
    (
        "400 Bad Request",
        r#"{"code": "STREAM_DOES_NOT_EXIST"}"#,
        "no_such_item",
        "no_such_item",
    ),
    (
        "400 Bad Request",
        r#"{"code": "BAD_EVENT_QUEUE_ID"}"#,
        "no_such_item",
        "no_such_item",
    ),
    (
        "400 Bad Request",
        r#"{"code": "UNAUTHORIZED_PRINCIPAL"}"#,
        "remote_refused",
        "remote_refused",
    ),
    (
        "400 Bad Request",
        r#"{"msg": "No"}"#,
        "invalid_arguments",
        "invalid_arguments",
    ),
    ("401 Unauthorized", "{}", "remote_refused", "remote_refused"),
    ("403 Forbidden", "{}", "remote_refused", "remote_refused"),
    ("404 Not Found", "{}", "no_such_item", "no_such_item"),
    ("404 Not Found", "<html>", "remote_broken", "remote_broken"),
    ("413 Content Too Large", "{}", "too_large", "too_large"),
];

#[tokio::test]
async fn answers_that_are_none_are_told_apart_from_refusals() {
    for (status, content, read, changed) in ROWS {
        let server = RawServer::start(move |_, _| vec![answer(status, "", content)]).await;
        let zulip = client_at(&server.url("/"));
        let path = ["users", "me"];
        let told = zulip.get(&me(), &path, Form::new()).await.unwrap_err();
        assert_eq!(told.code().as_str(), read, "{status} {content}: {told}");
        let told = zulip.change(&me(), Method::POST, &path, Form::new()).await;
        let told = told.unwrap_err();
        assert_eq!(told.code().as_str(), changed, "{status} {content}: {told}");
        assert_eq!(server.seen().len(), 2, "{status} {content}: once each");
    }
}

#[tokio::test]
async fn a_server_that_breaks_is_read_again_and_never_changed_again() {
    let broken = |_: &str, _: usize| vec![answer("500 Oh", "", r#"{"msg": "x"}"#)];
    let server = RawServer::start(broken).await;
    let zulip = client_at(&server.url("/"));
    let path = ["users", "me"];
    let told = zulip.get(&me(), &path, Form::new()).await.unwrap_err();
    assert_eq!(told.code(), Code::RemoteBroken);
    let asked = server.seen().len();
    assert!(asked > 1, "it was tried again");
    let told = zulip.change(&me(), Method::POST, &path, Form::new()).await;
    assert_eq!(told.unwrap_err().code(), Code::OutcomeUnknown);
    assert_eq!(server.seen().len(), asked + 1);
}

#[tokio::test]
async fn what_takes_a_server_long_is_waited_for_where_that_is_known() {
    let late = |_: &str, _: usize| vec![Step::Wait, ok(r#"{"result": "success"}"#)];
    let server = RawServer::start(late).await;
    // An answer must begin within both together.
    let (connect_limit, read_limit) = (Duration::from_secs(1), Duration::from_millis(100));
    let options = Options {
        connect_limit,
        read_limit,
        ..options()
    };
    let zulip = client_with(&server.url("/"), options);
    let (me, path) = (me(), ["streams", "1", "delete_topic"]);
    let told = zulip.change(&me, Method::POST, &path, Form::new()).await;
    assert_eq!(told.unwrap_err().code(), Code::OutcomeUnknown);
    let limit = Duration::from_secs(60);
    let slow = zulip.change_slowly(&me, Method::POST, &path, Form::new(), limit);
    let answers = async {
        while server.seen().len() < 2 {
            tokio::task::yield_now().await;
        }
        // Longer than the other one waited.
        tokio::time::sleep(connect_limit + read_limit * 2).await;
        server.release();
    };
    let (told, ()) = tokio::join!(slow, answers);
    assert_eq!(told.unwrap()["result"], "success");
}

#[tokio::test]
async fn what_a_server_does_not_say_of_its_limits_is_as_it_always_was() {
    let server = RawServer::saying(r#"{"result": "success"}"#).await;
    let zulip = client_at(&server.url("/"));
    let limits = zulip.limits(&me()).await.unwrap();
    assert_eq!(
        (limits.message, limits.topic, limits.channel),
        (10_000, 60, 60)
    );
    assert_eq!(
        (limits.description, limits.file_mib, limits.feature_level),
        (1_024, 25, 0)
    );
    zulip.limits(&me()).await.unwrap();
    assert_eq!(server.seen().len(), 1, "they are asked for once");
}

#[tokio::test]
async fn a_message_whose_id_is_not_told_is_of_unknown_outcome() {
    let server = RawServer::saying(r#"{"result": "success", "messages": []}"#).await;
    let zulip = client_at(&server.url("/"));
    let message = Message {
        recipient: Recipient::Direct(vec![1]),
        content: "x".to_owned(),
    };
    let told = zulip.send(&me(), &message).await.unwrap_err();
    assert_eq!(told.code(), Code::OutcomeUnknown);
    let sent = server.seen();
    let sent = sent
        .iter()
        .filter(|seen| seen.starts_with("POST /api/v1/messages"));
    assert_eq!(sent.count(), 1);
}

#[tokio::test]
async fn a_file_whose_address_is_not_told_is_of_unknown_outcome() {
    let server = RawServer::saying(r#"{"result": "success"}"#).await;
    let upload = Upload {
        name: "x".to_owned(),
        size: 4,
        content: stream::iter([Ok(Bytes::from_static(b"four"))]).boxed(),
    };
    let told = client_at(&server.url("/")).upload(&me(), upload).await;
    assert_eq!(told.unwrap_err().code(), Code::OutcomeUnknown);
    let sent = server.seen();
    assert!(sent.last().unwrap().contains("four"));
}

#[tokio::test]
async fn a_file_whose_place_is_not_told_or_empty_is_an_error() {
    for place in ["", r#", "url": "/user_uploads/temporary/x""#] {
        let told = format!(r#"{{"result": "success"{place}}}"#);
        let server = RawServer::start(move |request, _| {
            vec![match request.starts_with("GET /api/v1/user_uploads/") {
                true => ok(&told),
                false => answer("404 Not Found", "", "<html>"),
            }]
        })
        .await;
        let zulip = client_at(&server.url("/"));
        let address = "/user_uploads/2/ab/x.txt";
        let told = zulip.download(&me(), address, 1_000).await;
        assert_eq!(told.err().unwrap().code(), Code::RemoteBroken, "{place}");
    }
}

#[tokio::test]
async fn a_part_of_an_address_never_leads_elsewhere() {
    let server = RawServer::saying(r#"{"result": "success"}"#).await;
    let zulip = client_at(&server.url("/chat/"));
    for part in ["", ".", ".."] {
        let told = zulip.get(&me(), &["messages", part], Form::new()).await;
        assert_eq!(told.unwrap_err().code(), Code::InvalidArguments, "{part:?}");
    }
    zulip
        .get(&me(), &["a/b?c", "ü"], Form::new())
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].starts_with("GET /chat/api/v1/a%2Fb%3Fc/%C3%BC "),
        "{}",
        seen[0]
    );
}
