//! Connections, waiting, and the other side's own limit.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::future::join_all;
use genkan_http::{Error, Options, Repeat};
use genkan_testkit::raw_server::{RawServer, Step, answer, ok};
use http::Method;

use crate::house::{AGES, client, get, options, request, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_use_the_allowed_connections_and_no_more() {
    let server = RawServer::saying("ok").await;
    let client = client(Options {
        connections_per_host: 5,
        ..options()
    });
    let requests = (0..200).map(|_| text(&client, get(&server.url("/")).total_limit(AGES)));
    for answer in join_all(requests).await {
        assert_eq!(answer.unwrap(), "ok");
    }
    assert_eq!(server.seen().len(), 200);
    assert!(server.most_open() <= 5, "{} at once", server.most_open());
    assert!(server.opened() <= 10, "{} were opened", server.opened());
    assert!(client.hosts()[0].connections <= 5);
}

#[tokio::test]
async fn who_waits_too_long_or_behind_too_many_is_told_so() {
    let server = RawServer::start(|_, _| vec![Step::Wait, ok("late")]).await;
    let client = client(Options {
        connections_per_host: 1,
        waiting_per_host: 1,
        ..options()
    });
    let url = server.url("/");
    let (first, second) = (client.clone(), client.clone());
    let (first_url, second_url) = (url.clone(), url.clone());
    let first = tokio::spawn(async move { text(&first, get(&first_url)).await });
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let impatient = get(&url).total_limit(Duration::from_millis(50));
    let error = text(&client, impatient).await.unwrap_err();
    assert!(
        matches!(error, Error::Busy { .. }) && error.is_unsent(),
        "{error:?}"
    );
    let second = tokio::spawn(async move { text(&second, get(&second_url)).await });
    while client.hosts()[0].waiting == 0 {
        tokio::task::yield_now().await;
    }
    let error = text(&client, get(&url)).await.unwrap_err();
    assert!(
        matches!(error, Error::Busy { .. }),
        "the room is full: {error:?}"
    );
    server.release();
    assert_eq!(first.await.unwrap().unwrap(), "late");
    assert_eq!(second.await.unwrap().unwrap(), "late");
}

/// A limit as others keep one: so many in a second by the clock, the rest is refused.
struct Limit {
    second: u64,
    used: u32,
    most: u32,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_within_a_limit_of_others_are_none_lost_and_none_refused() {
    let refused = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&refused);
    let limit = std::sync::Mutex::new(Limit {
        second: 0,
        used: 0,
        most: 600,
    });
    let server = RawServer::start(move |_, _| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut limit = limit.lock().unwrap();
        if limit.second != now {
            (limit.second, limit.used) = (now, 0);
        }
        let told = |left: u32| {
            format!(
                "X-RateLimit-Limit: 600\r\nX-RateLimit-Remaining: {left}\r\nX-RateLimit-Reset: {}\r\n",
                now + 1
            )
        };
        if limit.used == limit.most {
            counted.fetch_add(1, Ordering::SeqCst);
            let headers = format!("{}Retry-After: 0.5\r\n", told(0));
            return vec![answer("429 Too Many Requests", &headers, "")];
        }
        limit.used += 1;
        vec![answer("200 OK", &told(limit.most - limit.used), "ok")]
    })
    .await;
    let client = client(options());
    let requests = (0..1_000).map(|_| {
        let post = request(Method::POST, &server.url("/")).identity("me");
        let post = post.repeat(Repeat::Refused).patience(AGES);
        text(&client, post)
    });
    for answer in join_all(requests).await {
        assert_eq!(answer.unwrap(), "ok");
    }
    assert_eq!(refused.load(Ordering::SeqCst), 0, "the limit was exceeded");
    assert_eq!(server.seen().len(), 1_000, "each was sent once");
}

#[tokio::test]
async fn who_is_refused_waits_as_told() {
    let server = RawServer::start(|_, before| match before {
        0 => vec![answer("429 Too Many Requests", "Retry-After: 0.3\r\n", "")],
        _ => vec![ok("ok")],
    })
    .await;
    let began = std::time::Instant::now();
    let answer = text(&client(options()), get(&server.url("/"))).await;
    assert_eq!(answer.unwrap(), "ok");
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_refusal_is_the_answer_without_time_to_wait_and_holds_up_nobody_else() {
    let server = RawServer::start(|request, _| match request.contains("GET /other") {
        true => vec![ok("ok")],
        false => vec![answer("429 Too Many Requests", "Retry-After: 3000\r\n", "")],
    })
    .await;
    let client = client(options());
    let one = |path: &str| get(&server.url(path)).identity("one");
    assert_eq!(client.send(one("/")).await.unwrap().status, 429);
    let error = text(&client, one("/other")).await.unwrap_err();
    assert!(
        matches!(error, Error::Busy { .. }) && error.is_unsent(),
        "{error:?}"
    );
    let other = get(&server.url("/other")).identity("two");
    assert_eq!(text(&client, other).await.unwrap(), "ok");
    assert_eq!(server.seen().len(), 2);
}
