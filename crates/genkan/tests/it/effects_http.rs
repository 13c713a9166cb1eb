//! What the settings of section `http` do, seen through `genkan test-connection`.

use std::time::Duration;

use genkan_testkit::{
    raw_server::{RawServer, Step, answer, header, ok},
    tls::Pair,
};

use crate::{
    binary::{Binary, Ended, genkan},
    tls::with_certificate,
};

/// A binary that may go to this machine.
fn near() -> Binary {
    genkan().variable("GENKAN_HTTP__ALLOW_NETWORKS", "127.0.0.0/8")
}

/// Tries an address beside the test's own runtime.
async fn tries(binary: Binary, url: String) -> Ended {
    tokio::task::spawn_blocking(move || binary.run(["test-connection", &url]))
        .await
        .unwrap()
}

#[tokio::test]
async fn http_allow_networks_opens_what_else_is_refused() {
    let server = RawServer::saying("hello").await;
    let refused = tries(genkan(), server.url("/")).await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("error[address_refused]"),
        "{}",
        refused.err
    );
    assert!(
        refused.err.contains("http.allow_networks"),
        "{}",
        refused.err
    );
    assert_eq!(server.opened(), 0);
    let reached = tries(near(), server.url("/path?token=hush")).await;
    assert_eq!(reached.code, Some(0), "{}", reached.err);
    assert!(reached.out.contains("status 200"), "{}", reached.out);
    assert!(!reached.out.contains("hush"), "{}", reached.out);
}

#[tokio::test]
async fn http_proxy_is_gone_through_and_no_proxy_past_it() {
    let proxy = RawServer::saying("by proxy").await;
    let server = RawServer::saying("straight").await;
    let through = |binary: Binary| {
        binary.variable(
            "GENKAN_HTTP__PROXY",
            &format!("http://u:hush@{}", proxy.address),
        )
    };
    tries(through(near()), server.url("/")).await.ok();
    assert_eq!((proxy.seen().len(), server.seen().len()), (1, 0));
    assert!(header(&proxy.seen()[0], "proxy-authorization").is_some());
    let past = through(near()).variable("GENKAN_HTTP__NO_PROXY", "127.0.0.1");
    tries(past, server.url("/")).await.ok();
    assert_eq!((proxy.seen().len(), server.seen().len()), (1, 1));
    let wrong = near().variable("GENKAN_HTTP__PROXY", "socks5://u:hush@127.0.0.1");
    let refused = tries(wrong, server.url("/")).await;
    assert!(
        refused.err.contains("`http.proxy` is no address"),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("hush"), "{}", refused.err);
}

#[tokio::test]
async fn http_seconds_end_what_takes_too_long() {
    let silent = RawServer::start(|_, _| vec![Step::Hang]).await;
    let quick = near()
        .variable("GENKAN_HTTP__CONNECT_SECONDS", "1")
        .variable("GENKAN_HTTP__ATTEMPTS", "1");
    let read = quick.clone().variable("GENKAN_HTTP__READ_SECONDS", "1");
    let total = quick.clone().variable("GENKAN_HTTP__TOTAL_SECONDS", "1");
    // A proxy that says nothing lets no connection become ready.
    let proxy = format!("http://{}", silent.address);
    let connect = quick.variable("GENKAN_HTTP__PROXY", &proxy);
    let (read, total, connect) = tokio::join!(
        tries(read, silent.url("/")),
        tries(total, silent.url("/")),
        tries(connect, "https://example.test/".to_owned()),
    );
    assert!(read.err.contains("error[remote_slow]"), "{}", read.err);
    assert!(total.err.contains("error[remote_slow]"), "{}", total.err);
    assert!(
        connect.err.contains("error[remote_unreachable]"),
        "{}",
        connect.err
    );
    assert!(connect.err.contains("within 1000 ms"), "{}", connect.err);
}

#[tokio::test]
async fn http_body_bytes_bounds_answers_and_http_attempts_repeats() {
    let server = RawServer::saying("hello").await;
    let small = near().variable("GENKAN_HTTP__BODY_BYTES", "4");
    let refused = tries(small, server.url("/")).await;
    assert!(
        refused.err.contains("error[remote_too_large]"),
        "{}",
        refused.err
    );
    let failing = RawServer::start(|_, before| match before {
        0..4 => vec![answer("503 Service Unavailable", "Retry-After: 0\r\n", "")],
        _ => vec![ok("at last")],
    })
    .await;
    let often = near().variable("GENKAN_HTTP__ATTEMPTS", "5");
    let reached = tokio::time::timeout(Duration::from_secs(60), tries(often, failing.url("/")));
    assert!(reached.await.unwrap().ok().out.contains("status 200"));
    assert_eq!(failing.seen().len(), 5);
}

#[tokio::test]
async fn http_ca_file_opens_the_way_to_whom_it_vouches_for() {
    let pair = Pair::new();
    let server = with_certificate(&pair).serve();
    let port = server.address().rsplit(':').next().unwrap();
    let url = format!("https://localhost:{port}/health");
    // `localhost` may have both.
    let near = || genkan().variable("GENKAN_HTTP__ALLOW_NETWORKS", "127.0.0.0/8, ::1");
    let stranger = tries(near(), url.clone()).await;
    assert_eq!(stranger.code, Some(1), "{stranger:?}");
    assert!(
        stranger.err.contains("error[remote_unreachable]"),
        "{}",
        stranger.err
    );
    for (roots, is_reached) in [(&Pair::new(), false), (&pair, true)] {
        let binary = near().variable("GENKAN_HTTP__CA_FILE", "cert.pem");
        roots.write(binary.root());
        let ended = tries(binary, url.clone()).await;
        assert_eq!(ended.out.contains("status 200"), is_reached, "{ended:?}");
    }
}

#[tokio::test]
async fn http_ca_file_must_hold_certificates() {
    let server = RawServer::saying("hello").await;
    for (text, why) in [
        (None, "cannot be read"),
        (Some("roots"), "holds something else"),
    ] {
        let binary = near().variable("GENKAN_HTTP__CA_FILE", "roots.pem");
        if let Some(text) = text {
            std::fs::write(binary.root().join("roots.pem"), text).unwrap();
        }
        let ended = tries(binary, server.url("/")).await;
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
    }
    assert_eq!(server.opened(), 0);
}
