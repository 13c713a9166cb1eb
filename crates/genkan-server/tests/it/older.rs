//! HTTP+SSE of MCP 2024-11-05: a stream that answers, and an address that takes messages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    fixture::{House, soon},
    legacy::{call, initialize, request},
    schema,
    wire::{Ask, Opened, post},
};

async fn house() -> House {
    House::with(|settings| settings.legacy_sse = true).await
}

fn sse(key: &str) -> Ask {
    Ask::new("GET", "/sse")
        .bearer(key)
        .header("accept", "text/event-stream")
}

/// A stream of one client.
struct Stream<'a> {
    house: &'a House,
    key: String,
    address: String,
    events: Opened,
}

impl<'a> Stream<'a> {
    async fn open(house: &'a House, key: &str) -> Self {
        let mut events = sse(key).open(&house.router).await;
        assert!(events.is_stream());
        let first = events.piece().await.unwrap();
        let address = first
            .strip_prefix("event: endpoint\ndata: ")
            .unwrap_or_else(|| panic!("{first}"))
            .trim_end()
            .to_owned();
        Self {
            house,
            key: key.into(),
            address,
            events,
        }
    }

    fn post(&self, message: &Value) -> Ask {
        post(&self.key, message)
            .path(&self.address)
            .without("accept")
    }

    async fn send(&self, message: &Value) {
        let reply = self.post(message).send(&self.house.router).await;
        assert_eq!(
            (reply.status.as_u16(), reply.text.as_str()),
            (202, ""),
            "{message}"
        );
    }

    async fn asks(&mut self, message: &Value) -> Value {
        self.send(message).await;
        loop {
            let said = self.events.next().await.unwrap();
            if said["id"] == message["id"] {
                return said;
            }
        }
    }
}

#[tokio::test]
async fn everything_is_answered_on_the_stream() {
    let house = house().await;
    let mut stream = Stream::open(&house, &house.admin).await;
    let early = stream.asks(&request(9, "tools/list", json!({}))).await;
    assert_eq!(early["error"]["data"]["code"], "session_required");
    let hello = stream.asks(&initialize("2024-11-05")).await;
    schema::check("2024-11-05", "InitializeResult", &hello["result"]);
    stream
        .send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
        .await;
    let echo = stream
        .asks(&call(1, "test_echo", json!({"text": "x"})))
        .await;
    assert_eq!(echo["result"]["content"][0]["text"], r#"{"text":"x"}"#);

    let mut steps = call(2, "test_steps", json!({}));
    steps["params"]["_meta"] = json!({"progressToken": 5});
    stream.send(&steps).await;
    let told = stream.events.next().await.unwrap();
    assert_eq!(told["params"]["progressToken"], 5);
    let rest = stream.asks(&request(3, "ping", json!({}))).await;
    assert_eq!(rest["result"], json!({}));

    stream.send(&call(4, "test_hang", json!({}))).await;
    soon(house.ended.begun()).await;
    stream
        .send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}}))
        .await;
    soon(house.ended.ended()).await;
}

#[tokio::test]
async fn the_client_is_asked_and_answers() {
    let house = house().await;
    let mut stream = Stream::open(&house, &house.admin).await;
    stream.asks(&initialize("2025-06-18")).await;
    stream.send(&call(1, "test_ask", json!({}))).await;
    for (key, value) in [("color", "red"), ("size", "big")] {
        let question = stream.events.next().await.unwrap();
        assert_eq!(question["method"], "elicitation/create");
        let answer = json!({"action": "accept", "content": {key: value}});
        stream
            .send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": answer}))
            .await;
    }
    let last = stream.events.next().await.unwrap();
    assert_eq!(
        last["result"]["structuredContent"],
        json!({"color": "red", "size": "big"})
    );
}

#[tokio::test]
async fn it_is_not_there_unless_it_is_switched_on() {
    let house = House::open().await;
    let message = post(&house.admin, &initialize("2024-11-05")).path("/messages?session_id=x");
    for ask in [sse(&house.admin), message] {
        let reply = ask.send(&house.router).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (404, "not_found"));
    }
}

#[tokio::test]
async fn faults_are_refused_at_the_door() {
    let house = house().await;
    let other = house.key("other", "admin").await;
    let stream = Stream::open(&house, &house.admin).await;
    let hello = initialize("2024-11-05");
    let right = stream.post(&hello);
    let modern = crate::wire::call("test_echo", json!({}));
    let table = [
        (sse("gk_x"), 401, "unauthenticated"),
        (
            sse(&house.admin).without("authorization"),
            401,
            "unauthenticated",
        ),
        (
            sse(&house.admin).header("accept", "application/json"),
            406,
            "not_acceptable",
        ),
        (sse(&house.admin).path("/sse/nowhere"), 404, "not_found"),
        (
            sse(&house.admin).header("host", "evil.example"),
            403,
            "forbidden_host",
        ),
        (
            Ask::new("POST", "/sse").bearer(&house.admin),
            405,
            "method_not_allowed",
        ),
        (Ask::new("HEAD", "/sse").bearer(&house.admin), 405, ""),
        (right.clone().bearer("gk_x"), 401, "unauthenticated"),
        (right.clone().bearer(&other), 404, "session_unknown"),
        (
            right.clone().path("/messages?session_id=x"),
            404,
            "session_unknown",
        ),
        (right.clone().path("/messages"), 400, "session_required"),
        (
            right.clone().header("origin", "https://evil.example"),
            403,
            "forbidden_origin",
        ),
        (
            right.clone().header("content-type", "text/plain"),
            415,
            "unsupported_media_type",
        ),
        (right.clone().body("{"), 400, "parse_error"),
        (right.clone().body("{}"), 400, "invalid_request"),
        (stream.post(&modern), 400, "unsupported_version"),
        (
            right.header("mcp-protocol-version", "1999-01-01"),
            400,
            "unsupported_version",
        ),
    ];
    for (position, (ask, status, code)) in table.into_iter().enumerate() {
        let reply = ask.send(&house.router).await;
        let said = (reply.status.as_u16(), reply.code());
        assert_eq!(said, (status, code), "row {position}: {}", reply.text);
    }
}

#[tokio::test]
async fn it_has_a_place_among_the_sessions_until_it_ends() {
    let house = House::with(|settings| {
        settings.legacy_sse = true;
        (settings.sessions, settings.sessions_per_principal) = (2, 1);
        settings.keep_alive = Duration::from_millis(10);
    })
    .await;
    let user = house.key("user", "user").await;
    let greet = post(&house.admin, &initialize("2025-11-25"));
    let mut stream = Stream::open(&house, &house.admin).await;
    assert_eq!(stream.events.piece().await.unwrap(), ": keep-alive\n\n");
    stream.asks(&initialize("2024-11-05")).await;
    for ask in [sse(&house.admin), greet.clone()] {
        let full = ask.send(&house.router).await;
        assert_eq!((full.status.as_u16(), full.code()), (503, "session_limit"));
    }
    Stream::open(&house, &user).await;
    stream.send(&call(4, "test_hang", json!({}))).await;
    soon(house.ended.begun()).await;
    let address = stream.address.clone();
    drop(stream);
    // Nobody is left to answer, so that the call ends with its stream.
    soon(house.ended.ended()).await;
    soon(async {
        while greet.clone().send(&house.router).await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let late = post(&house.admin, &request(1, "ping", json!({}))).path(&address);
    assert_eq!(late.send(&house.router).await.code(), "session_unknown");
}

#[tokio::test]
async fn it_ends_with_the_key_of_who_opened_it_and_with_the_house() {
    let house = house().await;
    let made = crate::wire::call("test_key", json!({"name": "guest", "role": "user"}));
    let key = house.modern(&made).await.json["result"]["structuredContent"]["key"].clone();
    let key = key.as_str().unwrap().to_owned();
    let mut guest = Stream::open(&house, &key).await;
    let mut own = Stream::open(&house, &house.admin).await;
    let id = key.split('_').nth(1).unwrap();
    let revoked = house
        .modern(&crate::wire::call("test_revoke", json!({"id": id})))
        .await;
    assert_eq!(
        revoked.json["result"]["content"][0]["text"], "revoked",
        "{}",
        revoked.text
    );
    assert_eq!(guest.events.next().await, None);
    house.lifecycle.stop(Duration::from_secs(20)).await;
    assert_eq!(own.events.next().await, None);
}
