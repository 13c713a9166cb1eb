//! Clients that close the side on which they send, and still read. One connection at a time is
//! served, so that each test also shows that the one before was let go.

use std::{net::SocketAddr, time::Duration};

use genkan_core::lifecycle::Stopped;
use genkan_server::Settings;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    fixture::{House, soon},
    legacy::initialize,
    listening::{listen, said},
    pauses::Pauses,
    wire::{self, call},
};

/// A listener that serves one connection at a time.
async fn narrow(house: &House) -> SocketAddr {
    let settings = Settings {
        connections: 1,
        ..Settings::default()
    };
    listen(house, settings).await
}

/// Sends so much of a request and closes that side.
async fn half_close(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    stream
}

fn request(house: &House, headers: &str, message: &Value) -> Vec<u8> {
    let body = message.to_string();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nAccept: application/json, text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n",
        house.admin,
        body.len()
    );
    (head + &body).into_bytes()
}

fn modern(house: &House, tool: &str, message: &Value) -> Vec<u8> {
    let headers = format!(
        "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: {tool}\r\n"
    );
    request(house, &headers, message)
}

#[tokio::test]
async fn who_has_asked_everything_gets_the_answer() {
    let (go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let address = narrow(&house).await;

    let echo = call("test_echo", json!({ "text": "x".repeat(1_000_000) }));
    let mut quick = half_close(address, &modern(&house, "test_echo", &echo)).await;
    let text = said(&mut quick).await;
    assert!(text.starts_with("HTTP/1.1 200"), "{:.300}", text);
    assert!(text.ends_with('}'), "the answer is whole");

    let steps = call("pause_steps", json!({}));
    let mut slow = half_close(address, &modern(&house, "pause_steps", &steps)).await;
    let mut first = [0];
    let early = tokio::time::timeout(Duration::from_millis(300), slow.read(&mut first)).await;
    assert!(early.is_err(), "it waits: {early:?}");
    go.add_permits(2);
    let text = said(&mut slow).await;
    assert!(text.contains("three steps"), "{text}");
    assert_eq!(
        soon(house.lifecycle.stop(Duration::from_secs(10))).await,
        Stopped::Drained
    );
}

#[tokio::test]
async fn who_half_closes_a_stream_has_left_it() {
    let house = House::open().await;
    let address = narrow(&house).await;
    let wanted = json!({ "notifications": { "toolsListChanged": true } });
    let listen = wire::request(1, "subscriptions/listen", wanted);
    let headers = "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n";
    let mut stream = half_close(address, &request(&house, headers, &listen)).await;
    said(&mut stream).await;
    // There is a place again.
    let echo = call("test_echo", json!({ "text": "here" }));
    let mut next = half_close(address, &modern(&house, "test_echo", &echo)).await;
    assert!(said(&mut next).await.contains("here"));
}

#[tokio::test]
async fn who_half_closes_in_the_middle_is_let_go_and_leaves_nothing() {
    let house = House::with(|settings| {
        settings.body_timeout = Duration::from_millis(50);
        settings.sessions = 1;
    })
    .await;
    let address = narrow(&house).await;
    let whole = request(&house, "", &initialize("2025-11-25"));
    let head = whole.windows(4).position(|at| at == b"\r\n\r\n").unwrap() + 4;
    for (part, status) in [
        (20, ""),
        (head, "HTTP/1.1 408"),
        (whole.len() - 1, "HTTP/1.1 408"),
    ] {
        let mut stream = half_close(address, &whole[..part]).await;
        let text = said(&mut stream).await;
        assert!(text.starts_with(status), "{part} bytes: {text}");
        assert!(!text.contains("200 OK"), "{part} bytes: {text}");
    }
    // There is room for the only session.
    let mut stream = half_close(address, &whole).await;
    let text = said(&mut stream).await;
    assert!(text.contains("mcp-session-id"), "{text}");
    assert_eq!(
        soon(house.lifecycle.stop(Duration::from_secs(10))).await,
        Stopped::Drained
    );
}
