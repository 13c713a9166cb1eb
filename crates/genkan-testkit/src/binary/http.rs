//! As much HTTP as the tests need: one request, one answer, one connection.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status; 0 if there was none.
    pub status: u16,
    /// The body, without its chunks.
    pub body: String,
}

/// `GET`, with a key or without.
pub fn get(address: &str, path: &str, key: Option<&str>) -> Answer {
    let key = key
        .map(|key| format!("Authorization: Bearer {key}\r\n"))
        .unwrap_or_default();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{key}\r\n");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    read(stream)
}

/// Posts one message of MCP 2026-07-28.
pub fn mcp(address: &str, path: &str, key: &str, message: &Value) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let body = message.to_string();
    stream
        .write_all(mcp_head(address, path, key, message, body.len()).as_bytes())
        .unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    read(stream)
}

/// The same with a header more, such as `traceparent: …`.
pub fn mcp_with(address: &str, path: &str, key: &str, message: &Value, more: &str) -> Answer {
    let body = message.to_string();
    let head = mcp_head(address, path, key, message, body.len());
    let head = head.replacen("\r\n", &format!("\r\n{more}\r\n"), 1);
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    read(stream)
}

/// The head of such a request.
pub fn mcp_head(address: &str, path: &str, key: &str, message: &Value, length: usize) -> String {
    let method = message["method"].as_str().unwrap();
    let name = message["params"]["name"]
        .as_str()
        .map(|name| format!("Mcp-Name: {name}\r\n"))
        .unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Authorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n\
         Mcp-Method: {method}\r\n{name}Content-Length: {length}\r\n\r\n"
    )
}

/// Reads the answer to the end of the connection.
pub fn read(mut stream: TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let body = if head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        dechunked(body)
    } else {
        body.to_owned()
    };
    Answer { status, body }
}

fn dechunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        body.push_str(&after[..size]);
        rest = &after[size + 2..];
    }
    body
}
