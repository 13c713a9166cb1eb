//! Redirects: checked like a first address, and what was for one origin stays there.

use genkan_core::{Secret, id::CorrelationId, trace::Trace};
use genkan_http::{Error, Guard, Options};
use genkan_testkit::raw_server::{RawServer, answer, header, ok};
use http::{HeaderName, HeaderValue, Method};

use crate::house::{client, get, options, request, text};

fn to(location: &str, status: &str) -> genkan_testkit::raw_server::Step {
    answer(status, &format!("Location: {location}\r\n"), "")
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let other = RawServer::saying("there").await;
    let elsewhere = other.url("/there");
    let server = RawServer::start(move |request, _| match request.split(' ').nth(1) {
        Some("/far") => vec![to(&elsewhere, "302 Found")],
        Some("/near") => vec![to("/here", "307 Temporary Redirect")],
        _ => vec![ok("here")],
    })
    .await;
    let client = client(options());
    let trace = Trace::read(
        Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        None,
        None,
        |_| {},
    );
    let with_all = |url: &str| {
        get(url)
            .basic("me@example.org", &Secret::new("hush".into()))
            .credential(
                HeaderName::from_static("x-api-key"),
                HeaderValue::from_static("hush"),
            )
            .header(http::header::COOKIE, HeaderValue::from_static("a=hush"))
            .caused_by(&CorrelationId::parse("corr-1").unwrap(), trace.as_ref())
    };
    assert_eq!(
        text(&client, with_all(&server.url("/near"))).await.unwrap(),
        "here"
    );
    assert_eq!(
        text(&client, with_all(&server.url("/far"))).await.unwrap(),
        "there"
    );
    for seen in server.seen() {
        for name in [
            "authorization",
            "x-api-key",
            "cookie",
            "x-correlation-id",
            "traceparent",
        ] {
            assert!(header(&seen, name).is_some(), "{name}: {seen}");
        }
    }
    let seen = &other.seen()[0];
    for name in [
        "authorization",
        "x-api-key",
        "cookie",
        "x-correlation-id",
        "traceparent",
    ] {
        assert_eq!(header(seen, name), None, "{seen}");
    }
    assert!(header(seen, "user-agent").unwrap().starts_with("Genkan/"));
}

#[tokio::test]
async fn redirects_that_lead_astray_are_not_followed() {
    let inside = RawServer::start_at([127, 0, 0, 9].into(), |_, _| panic!("it was asked")).await;
    let rows = [
        (inside.url("/"), "may not go"),
        (
            "http://169.254.169.254/latest/meta-data".into(),
            "may not go",
        ),
        ("http://[::1]:1/".into(), "may not go"),
        ("ftp://example.org/".into(), "may not be requested"),
        ("file:///etc/passwd".into(), "may not be requested"),
        ("http://user:word@127.0.0.1/".into(), "may not be requested"),
        ("http://[broken/".into(), "leads to no address"),
        ("/again".into(), "one too many"),
    ];
    for (location, why) in rows {
        let server = RawServer::start({
            let location = location.clone();
            move |_, _| vec![to(&location, "301 Moved Permanently")]
        })
        .await;
        let client = client(Options {
            guard: Guard::new(vec![genkan_core::Network::check("127.0.0.1").unwrap()]),
            ..options()
        });
        let error = text(&client, get(&server.url("/")))
            .await
            .expect_err(&location);
        assert!(error.to_string().contains(why), "{location}: {error}");
    }
}

#[tokio::test]
async fn a_request_with_an_effect_is_never_repeated_by_a_redirect() {
    let server = RawServer::start(|request, _| match request.split(' ').nth(1) {
        Some("/308") => vec![to("/done", "308 Permanent Redirect")],
        Some("/302") => vec![to("/done", "302 Found")],
        Some("/303") => vec![to("/done", "303 See Other")],
        _ => vec![ok("done")],
    })
    .await;
    let client = client(options());
    let post = |path: &str| request(Method::POST, &server.url(path));
    for path in ["/308", "/302"] {
        let error = text(&client, post(path)).await.unwrap_err();
        assert!(matches!(error, Error::Redirect { .. }), "{error:?}");
    }
    assert_eq!(text(&client, post("/303")).await.unwrap(), "done");
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen[3].starts_with("GET /done"), "{}", seen[3]);
    let kept = client.send(post("/302").redirects(0)).await.unwrap();
    assert_eq!(kept.status, 302, "whoever wants to see it can");
}
