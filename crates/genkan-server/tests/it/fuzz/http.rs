//! Wrong requests: heads and bodies over the router, and raw bytes over a socket.

use std::time::Duration;

use genkan_server::{Settings, serve_with};
use http::{HeaderName, HeaderValue};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{
    memory::Memory,
    mutate::{message, word},
    random::{Cases, Random},
};
use crate::{
    fixture::House,
    wire::{Ask, Opened},
};

const HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "content-type",
    "content-length",
    "host",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-param-value",
    "mcp-protocol-version",
    "mcp-session-id",
    "origin",
    "traceparent",
    "x-api-key",
    "x-correlation-id",
];

#[tokio::test]
async fn fuzz_every_request_is_answered_or_refused() {
    let house = house().await;
    let mut memory = Memory::default();
    let mut cases = Cases::new(Duration::from_secs(20));
    while let Some(seed) = cases.next() {
        let mut random = Random::new(seed);
        let ask = request(&house, &mut random);
        let said = timeout(Duration::from_secs(30), answer(&house, ask)).await;
        let said = said.unwrap_or_else(|_| panic!("no answer, GENKAN_TEST_FUZZ_SEED={seed}"));
        if let Err(fault) = said {
            panic!("{fault}, GENKAN_TEST_FUZZ_SEED={seed}");
        }
        memory.look(seed);
    }
}

#[tokio::test]
async fn fuzz_raw_bytes_over_a_socket_do_no_harm() {
    let house = house().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, lifecycle) = (house.router.clone(), house.lifecycle.clone());
    let settings = Settings {
        head_timeout: Duration::from_millis(200),
        ..Settings::default()
    };
    house.lifecycle.start("listener", async move {
        serve_with(listener, router, &settings, None, &lifecycle)
            .await
            .unwrap();
    });
    let mut memory = Memory::default();
    let mut cases = Cases::new(Duration::from_secs(15));
    while let Some(seed) = cases.next() {
        let mut random = Random::new(seed);
        let bytes = raw(&house, &mut random);
        let mut stream = TcpStream::connect(address).await.unwrap();
        let talk = async {
            // It may be closed before all is written.
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said).await;
            said
        };
        let said = timeout(Duration::from_secs(30), talk).await;
        let said = said.unwrap_or_else(|_| panic!("it hangs, GENKAN_TEST_FUZZ_SEED={seed}"));
        let said = String::from_utf8_lossy(&said);
        // Who asks in HTTP/1.0 is answered in it (RFC 9112 §2.3).
        let status = said
            .strip_prefix("HTTP/1.1 ")
            .or(said.strip_prefix("HTTP/1.0 "));
        let is_answer = said.is_empty() || status.is_some();
        let is_fault =
            status.is_some_and(|status| status.starts_with("500")) || said.contains("\"internal\"");
        assert!(
            is_answer && !is_fault,
            "{said}, GENKAN_TEST_FUZZ_SEED={seed}"
        );
        memory.look(seed);
    }
    let health = Ask::new("GET", "/health").send(&house.router).await;
    assert_eq!(health.status, 200, "it still serves");
}

async fn house() -> House {
    House::with(|settings| {
        settings.sessions_per_principal = 50;
        settings.patience = Duration::from_millis(50);
        settings.body_timeout = Duration::from_millis(200);
    })
    .await
}

/// A request whose head fits its body as often as not.
fn request(house: &House, random: &mut Random) -> Ask {
    let body = message(random);
    let method = *random.one(&[
        "POST", "POST", "POST", "POST", "POST", "GET", "DELETE", "PUT",
    ]);
    let path = *random.one(&[
        "/mcp",
        "/mcp",
        "/mcp",
        "/mcp/test",
        "/mcp/%ff",
        "/mcp?x=1",
        "/sse",
    ]);
    let mut ask = Ask::new(method, path)
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream");
    if !random.once_in(10) {
        ask = ask.bearer(&house.admin);
    }
    if let Ok(message) = serde_json::from_slice::<Value>(&body)
        && !random.once_in(4)
    {
        ask = mirrored(ask, &message);
    }
    for _ in 0..random.below(3) {
        let name = *random.one(HEADERS);
        let value = word(random);
        if HeaderName::try_from(name).is_ok() && HeaderValue::try_from(&value).is_ok() {
            ask = match random.below(3) {
                0 => ask.without(name),
                1 => ask.also(name, &value),
                _ => ask.header(name, &value),
            };
        }
    }
    ask.body(body)
}

/// With the headers that the newest revision wants.
fn mirrored(ask: Ask, message: &Value) -> Ask {
    let params = &message["params"];
    let name = params["name"].as_str().or(params["uri"].as_str());
    let pairs = [
        (
            "mcp-protocol-version",
            params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str(),
        ),
        ("mcp-method", message["method"].as_str()),
        ("mcp-name", name),
    ];
    pairs
        .into_iter()
        .fold(ask, |ask, (name, value)| match value {
            Some(value) if HeaderValue::try_from(value).is_ok() => ask.header(name, value),
            _ => ask,
        })
}

/// The answer must be none of our faults, and say what it is.
async fn answer(house: &House, ask: Ask) -> Result<(), String> {
    let mut opened = ask.open(&house.router).await;
    let status = opened.status.as_u16();
    if status >= 500 && status != 503 {
        return Err(format!("status {status}"));
    }
    if opened.is_stream() {
        return heard(&mut opened).await;
    }
    let mut body = String::new();
    while let Some(piece) = opened.piece().await {
        body += &piece;
    }
    if body.is_empty() {
        return Ok(());
    }
    let json: Value = serde_json::from_str(&body).map_err(|_| format!("no JSON: {body}"))?;
    check(&json)
}

/// The first event of a stream that may last; to leave it must not hurt.
async fn heard(opened: &mut Opened) -> Result<(), String> {
    match timeout(Duration::from_millis(20), opened.next()).await {
        Ok(Some(message)) => check(&message),
        Ok(None) | Err(_) => Ok(()),
    }
}

fn check(json: &Value) -> Result<(), String> {
    let messages = match json {
        Value::Array(messages) => messages.clone(),
        one => vec![one.clone()],
    };
    for message in messages {
        super::check(&message)?;
    }
    Ok(())
}

/// A head and a body as bytes, which need not be HTTP.
fn raw(house: &House, random: &mut Random) -> Vec<u8> {
    let body = message(random);
    let length = match random.below(5) {
        0 => word(random),
        1 => random.below(1 << 20).to_string(),
        _ => body.len().to_string(),
    };
    let mut head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nAccept: */*\r\nConnection: close\r\n\
         Content-Length: {length}\r\n",
        house.admin
    );
    for _ in 0..random.below(4) {
        head += &format!("{}: {}\r\n", random.one(HEADERS), word(random));
    }
    head += "\r\n";
    let mut bytes = [head.into_bytes(), body].concat();
    if random.once_in(2) {
        let place = random.below(bytes.len());
        match random.below(3) {
            0 => bytes[place] ^= 1 << random.below(8),
            1 => bytes.truncate(place),
            _ => drop(bytes.splice(place..place, *b"\r\n")),
        }
    }
    bytes
}
