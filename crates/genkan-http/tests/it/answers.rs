//! Servers that answer badly: each row is one that a client must survive, within its limits.

use std::{io::Write, time::Duration};

use flate2::{Compression, write::GzEncoder};
use genkan_core::Code;
use genkan_http::{Client, Error, Options};
use genkan_testkit::raw_server::{RawServer, Step, answer, ok};

use crate::house::{AGES, client, get, options, text};

/// A client that takes 100,000 bytes and waits for about a second.
fn short() -> Client {
    client(Options {
        read_limit: Duration::from_millis(600),
        total_limit: Duration::from_millis(1_500),
        connect_limit: Duration::from_millis(600),
        body_limit: 100_000,
        ..options()
    })
}

/// A client that takes as much and has time.
fn patient() -> Client {
    client(Options {
        read_limit: AGES,
        total_limit: AGES,
        connect_limit: AGES,
        body_limit: 100_000,
        ..options()
    })
}

fn send(text: &str) -> Step {
    Step::Send(text.into())
}

/// What it is, what the server does, and what the client says of it.
type Row = (&'static str, Vec<Step>, Code);

const HEAD: &str = "HTTP/1.1 200 OK\r\n";

fn drip(bytes: &str) -> Step {
    Step::Drip(bytes.into(), Duration::from_millis(50))
}

/// Heads that never end, or are none.
fn heads() -> Vec<Row> {
    vec![
        ("no answer at all", vec![Step::Hang], Code::RemoteSlow),
        ("closes at once", vec![Step::Close], Code::RemoteBroken),
        (
            "no HTTP",
            vec![send("SSH-2.0-OpenSSH_9.9\r\n"), Step::Hang],
            Code::RemoteBroken,
        ),
        (
            "HTTP/0.9",
            vec![send("<html>old</html>"), Step::Close],
            Code::RemoteBroken,
        ),
        (
            "endless headers",
            vec![
                send(HEAD),
                Step::Endless(b"X-More: and more and more\r\n".to_vec()),
            ],
            Code::RemoteBroken,
        ),
        (
            "one endless header",
            vec![
                send(&format!("{HEAD}X-More: ")),
                Step::Endless(vec![b'x'; 4_096]),
            ],
            Code::RemoteBroken,
        ),
        (
            "slow headers",
            vec![send(HEAD), drip("X-A: b\r\n")],
            Code::RemoteSlow,
        ),
        (
            "endless interim answers",
            vec![Step::Endless(b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec())],
            Code::RemoteSlow,
        ),
    ]
}

/// Contents that never end, or too early.
fn contents() -> Vec<Row> {
    let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    vec![
        (
            "endless body in chunks",
            vec![
                send(&chunked),
                Step::Endless(format!("1000\r\n{}\r\n", "x".repeat(4_096)).into()),
            ],
            Code::RemoteTooLarge,
        ),
        (
            "endless body without a length",
            vec![
                send(&format!("{HEAD}\r\n")),
                Step::Endless(vec![b'x'; 4_096]),
            ],
            Code::RemoteTooLarge,
        ),
        (
            "a length beyond the limit",
            vec![
                send(&format!("{HEAD}Content-Length: 100001\r\n\r\n")),
                Step::Hang,
            ],
            Code::RemoteTooLarge,
        ),
        (
            "an absurd length",
            vec![
                send(&format!(
                    "{HEAD}Content-Length: 18446744073709551615\r\n\r\n"
                )),
                Step::Hang,
            ],
            Code::RemoteBroken,
        ),
        (
            "slow body",
            vec![
                send(&format!("{HEAD}Content-Length: 1000\r\n\r\n")),
                drip("x"),
            ],
            Code::RemoteSlow,
        ),
        (
            "silent body",
            vec![
                send(&format!("{HEAD}Content-Length: 1000\r\n\r\nhalf")),
                Step::Hang,
            ],
            Code::RemoteSlow,
        ),
        (
            "shorter than it says",
            vec![
                send(&format!("{HEAD}Content-Length: 10\r\n\r\nhalf")),
                Step::Close,
            ],
            Code::RemoteBroken,
        ),
    ]
}

/// Lengths, chunks and packings that are wrong.
fn lies() -> Vec<Row> {
    let chunked = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    vec![
        (
            "two lengths",
            vec![
                send(&format!(
                    "{HEAD}Content-Length: 4\r\nContent-Length: 5\r\n\r\nhalf"
                )),
                Step::Hang,
            ],
            Code::RemoteBroken,
        ),
        (
            "a length that is no number",
            vec![
                send(&format!("{HEAD}Content-Length: -4\r\n\r\nhalf")),
                Step::Hang,
            ],
            Code::RemoteBroken,
        ),
        (
            "a chunk that is no number",
            vec![send(&format!("{chunked}zz\r\nhalf\r\n")), Step::Hang],
            Code::RemoteBroken,
        ),
        (
            "chunks that break off",
            vec![send(&format!("{chunked}5\r\nhalf")), Step::Close],
            Code::RemoteBroken,
        ),
        (
            "no gzip under its name",
            vec![
                answer("200 OK", "Content-Encoding: gzip\r\n", "plain"),
                Step::Hang,
            ],
            Code::RemoteBroken,
        ),
        (
            "a packing nobody asked for",
            vec![
                answer("200 OK", "Content-Encoding: br\r\n", "x"),
                Step::Hang,
            ],
            Code::RemoteBroken,
        ),
    ]
}

#[tokio::test]
async fn servers_that_misbehave_cost_a_clear_error_and_no_more() {
    let rows = [heads(), contents(), lies()].concat();
    let runs = rows.into_iter().map(|(name, steps, code)| async move {
        let server = RawServer::start(move |_, _| steps.clone()).await;
        // Only where waiting is what goes wrong is there little time.
        let client = match code {
            Code::RemoteSlow => short(),
            _ => patient(),
        };
        let error = text(&client, get(&server.url("/"))).await.expect_err(name);
        assert!(!error.is_unsent(), "{name}: {error:?}");
        assert_eq!(genkan_core::Error::from(error).code(), code, "{name}");
    });
    let all = futures_util::future::join_all(runs);
    tokio::time::timeout(AGES, all).await.expect("one hangs");
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_a_bomb_is_not() {
    let pack = |content: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            packed.len()
        );
        Step::Send([head.into_bytes(), packed].concat())
    };
    let (fine, bomb) = (pack(&[b'a'; 50_000]), pack(&vec![0; 32 << 20]));
    let server = RawServer::start(move |request, _| {
        vec![match request.starts_with("GET /fine") {
            true => fine.clone(),
            false => bomb.clone(),
        }]
    })
    .await;
    let client = patient();
    assert_eq!(
        text(&client, get(&server.url("/fine")))
            .await
            .unwrap()
            .len(),
        50_000
    );
    let error = text(&client, get(&server.url("/bomb"))).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn what_follows_an_answer_is_not_taken_for_the_next_one() {
    let server = RawServer::start(|_, before| match before {
        0 => vec![send(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
        )],
        _ => vec![ok("two")],
    })
    .await;
    let client = patient();
    assert_eq!(text(&client, get(&server.url("/"))).await.unwrap(), "one");
    // The connection with the left-over bytes may be found broken; then a new one is taken.
    let second = match text(&client, get(&server.url("/"))).await {
        Err(Error::Broken { .. }) => text(&client, get(&server.url("/"))).await.unwrap(),
        other => other.unwrap(),
    };
    assert_eq!(second, "two");
}

#[tokio::test]
async fn a_long_answer_is_read_piece_by_piece_within_its_own_limit() {
    let server = RawServer::start(|_, _| {
        let piece = "x".repeat(1 << 20);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 32 << 20);
        let pieces = std::iter::repeat_n(Step::Send(piece.into()), 32);
        std::iter::once(send(&head)).chain(pieces).collect()
    })
    .await;
    let request = get(&server.url("/")).body_limit(40 << 20).total_limit(AGES);
    let request = request.read_limit(AGES);
    let mut answer = patient().send(request).await.unwrap();
    let (mut total, mut longest) = (0, 0);
    while let Some(piece) = answer.body.chunk().await.unwrap() {
        total += piece.len();
        longest = longest.max(piece.len());
    }
    assert_eq!(total, 32 << 20);
    assert!(longest < 8 << 20, "pieces of {longest} bytes are no stream");
}
