//! Clients that close the side on which they send: they have left, and nothing of them stays. One
//! connection at a time is served, so that each test also shows that the one before was let go.

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
async fn who_half_closes_has_left_its_call() {
    let (_go, pauses) = Pauses::held();
    let house = House::offering(vec![pauses], |_| {}, |_| {}).await;
    let address = narrow(&house).await;
    let steps = call("pause_steps", json!({}));
    let mut left = half_close(address, &modern(&house, "pause_steps", &steps)).await;
    assert_eq!(said(&mut left).await, "", "it is not waited for");
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
    let mut next = TcpStream::connect(address).await.unwrap();
    let echo = call("test_echo", json!({ "text": "here" }));
    let bytes = modern(&house, "test_echo", &echo);
    next.write_all(&bytes).await.unwrap();
    let mut answer = vec![0; 15];
    next.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn who_half_closes_in_the_middle_is_let_go_and_leaves_nothing() {
    let house = House::with(|settings| settings.sessions = 1).await;
    let address = narrow(&house).await;
    let whole = request(&house, "", &initialize("2025-11-25"));
    let head = whole.windows(4).position(|at| at == b"\r\n\r\n").unwrap() + 4;
    for part in [20, head, whole.len() - 1] {
        let mut stream = half_close(address, &whole[..part]).await;
        let text = said(&mut stream).await;
        assert!(!text.contains("200 OK"), "{part} bytes: {text}");
    }
    // There is room for the only session.
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&whole).await.unwrap();
    let mut answer = vec![0; 15];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 200 OK");
    drop(stream);
    assert_eq!(
        soon(house.lifecycle.stop(Duration::from_secs(10))).await,
        Stopped::Drained
    );
}
