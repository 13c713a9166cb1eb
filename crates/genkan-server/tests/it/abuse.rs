//! What a client may do without end, and what becomes of it. The rest of the table in
//! `docs/protocol.md` is tested beside what it is about.

use std::time::Duration;

use genkan_server::stream;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    fixture::{House, soon},
    legacy::{Session, initialize, request},
    wire::{call, post},
};

/// More than any queue holds.
const FLOOD: usize = 3_000;

/// How many sessions are opened and never used.
const ABANDONED: usize = 10_000;

#[tokio::test]
async fn a_flood_of_notifications_in_a_session_is_taken_and_forgotten() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    for number in 0..FLOOD {
        let params = json!({ "requestId": number, "progressToken": number, "progress": 1 });
        let method = [
            "notifications/cancelled",
            "notifications/progress",
            "nonsense",
        ][number % 3];
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        assert_eq!(session.send(&message).await.status, 202, "{message}");
    }
    let pong = session.send(&request(1, "ping", json!({}))).await;
    assert_eq!(pong.json["result"], json!({}));
}

#[tokio::test]
async fn a_flood_of_lines_that_want_no_answer_gets_none() {
    let house = House::open().await;
    let mut lines = String::new();
    for number in 0..FLOOD {
        let params = json!({ "requestId": number });
        let cancel =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        // An answer to a question that nobody asked.
        let answer = json!({ "jsonrpc": "2.0", "id": number, "result": {} });
        lines += &format!("{cancel}\n{answer}\n");
    }
    lines += &format!("{}\n", call("test_echo", json!({ "text": "still here" })));
    let (client, server) = tokio::io::duplex(1 << 12);
    let (read, write) = tokio::io::split(server);
    let (mut hear, mut say) = tokio::io::split(client);
    let speaking = async {
        say.write_all(lines.as_bytes()).await.unwrap();
        say.shutdown().await.unwrap();
    };
    let mut said = String::new();
    let serving = stream::serve(&house.parts, house.peer(), read, write);
    let talking = async { tokio::join!(serving, speaking, hear.read_to_string(&mut said)) };
    let (served, (), heard) = soon(talking).await;
    served.unwrap();
    heard.unwrap();
    let messages: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(messages.len(), 1, "{said}");
    assert_eq!(
        messages[0]["result"]["structuredContent"]["text"],
        "still here"
    );
}

#[tokio::test]
async fn an_id_may_be_used_again_when_it_was_answered() {
    let house = House::open().await;
    let session = Session::open(&house, "2025-11-25").await;
    for text in ["one", "two", "three"] {
        let call = crate::legacy::call(0, "test_echo", json!({ "text": text }));
        let answer = session.send(&call).await;
        assert_eq!(answer.json["id"], 0);
        assert_eq!(answer.json["result"]["structuredContent"]["text"], text);
    }
}

#[tokio::test]
async fn ten_thousand_abandoned_sessions_expire_and_make_room_again() {
    let house = House::with(|settings| {
        settings.sessions = ABANDONED + 1;
        settings.sessions_per_principal = ABANDONED;
        settings.session_idle = Duration::from_secs(60);
    })
    .await;
    let greeting = initialize("2025-11-25");
    let mut opened = Vec::new();
    for _ in 0..ABANDONED {
        opened.push(Session::open(&house, "2025-11-25").await);
    }
    let full = post(&house.admin, &greeting).send(&house.router).await;
    assert_eq!((full.status.as_u16(), full.code()), (503, "session_limit"));

    house.clock.advance(Duration::from_secs(61));
    let session = Session::open(&house, "2025-11-25").await;
    let ping = request(1, "ping", json!({}));
    for abandoned in opened.iter().step_by(100) {
        let gone = abandoned.send(&ping).await;
        assert_eq!(
            (gone.status.as_u16(), gone.code()),
            (404, "session_unknown")
        );
    }
    // All but one of the places of this caller are free again, and not one more.
    for _ in 1..ABANDONED {
        Session::open(&house, "2025-11-25").await;
    }
    let full = post(&house.admin, &greeting).send(&house.router).await;
    assert_eq!((full.status.as_u16(), full.code()), (503, "session_limit"));
    assert_eq!(session.send(&ping).await.status, 200);
}
