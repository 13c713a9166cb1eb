//! The listener itself: time limits, bounds, and an orderly end.

use std::{net::SocketAddr, time::Duration};

use genkan_core::lifecycle::Stopped;
use genkan_server::{Settings, serve_with};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    fixture::{House, soon},
    wire::call,
};

pub(crate) async fn listen(house: &House, settings: Settings) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, lifecycle) = (house.router.clone(), house.lifecycle.clone());
    house.lifecycle.start("listener", async move {
        serve_with(listener, router, &settings, None, &lifecycle)
            .await
            .unwrap();
    });
    address
}

pub(crate) async fn said(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    soon(stream.read_to_string(&mut text)).await.unwrap();
    text
}

#[tokio::test]
async fn a_slow_head_closes_the_connection_and_a_slow_body_is_answered() {
    let house = House::with(|settings| settings.body_timeout = Duration::from_millis(50)).await;
    let settings = Settings {
        head_timeout: Duration::from_millis(50),
        ..Settings::default()
    };
    let address = listen(&house, settings).await;

    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(said(&mut silent).await, "");
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: localh")
        .await
        .unwrap();
    assert!(!said(&mut slow).await.contains("200 OK"));

    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        house.admin
    );
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(head.as_bytes()).await.unwrap();
    let text = said(&mut slow).await;
    assert!(
        text.starts_with("HTTP/1.1 408") && text.contains("request_timeout"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_larger_than_it_said_it_may_be_is_refused_unread() {
    let house = House::open().await;
    let address = listen(&house, Settings::default()).await;
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n",
        house.admin
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(said(&mut stream).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn connections_are_bounded_and_wait_for_their_place() {
    let house = House::open().await;
    let settings = Settings {
        connections: 1,
        head_timeout: Duration::from_millis(300),
        ..Settings::default()
    };
    let address = listen(&house, settings).await;
    let ask = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut first = TcpStream::connect(address).await.unwrap();
    let mut second = TcpStream::connect(address).await.unwrap();
    second.write_all(ask).await.unwrap();
    first.write_all(ask).await.unwrap();
    assert!(said(&mut first).await.starts_with("HTTP/1.1 200"));
    assert!(said(&mut second).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn calls_under_way_finish_before_the_end() {
    let house = House::open().await;
    let address = listen(&house, Settings::default()).await;
    let body = call("test_hang", json!({})).to_string();
    let request = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: test_hang\r\nContent-Length: {}\r\n\r\n{body}",
        house.admin,
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    soon(house.ended.begun()).await;
    let stopped = soon(house.lifecycle.stop(Duration::from_millis(50))).await;
    assert_ne!(stopped, Stopped::Drained);
    assert!(said(&mut stream).await.is_empty());
    soon(house.ended.ended()).await;
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}
