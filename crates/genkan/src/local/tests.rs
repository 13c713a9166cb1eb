//! The relay, against houses that answer, go away and come back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use genkan_core::{Code, Error, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex, split};

use super::{Lines, Link, Pipes, memory::Memory, relay};

proptest::proptest! {
    /// Whatever either side says, nothing is forgotten that is owed an answer, and nothing panics.
    #[test]
    fn any_line_is_remembered_or_left_alone(line in "(\\[|\\{|\"id\"|\"method\"|:|,|1|null|\"initialize\"|\\}|\\]){0,12}") {
        let line = tokio_util::bytes::Bytes::from(line);
        let mut memory = Memory::default();
        memory.client_says(&line);
        memory.house_says(&line);
        let _ = memory.opening();
        for answer in memory.interrupted() {
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert!(answer["error"]["code"].is_number());
        }
    }
}

const LONGEST: usize = 1024;

/// A client's end of the pipes, or a house's end of a link.
struct End {
    read: tokio::io::Lines<BufReader<tokio::io::ReadHalf<DuplexStream>>>,
    write: tokio::io::WriteHalf<DuplexStream>,
}

impl End {
    fn new(stream: DuplexStream) -> Self {
        let (read, write) = split(stream);
        Self {
            read: BufReader::new(read).lines(),
            write,
        }
    }

    async fn says(&mut self, message: Value) {
        self.write
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }

    async fn hears(&mut self) -> Value {
        let line = self
            .read
            .next_line()
            .await
            .unwrap()
            .expect("the other end is still there");
        serde_json::from_str(&line).unwrap()
    }

    async fn hears_nothing_more(&mut self) {
        assert_eq!(self.read.next_line().await.unwrap(), None);
    }
}

/// A relay with its client, and houses to be found one after the other.
struct Scene {
    client: End,
    houses: VecDeque<End>,
    relay: tokio::task::JoinHandle<Result<()>>,
}

#[allow(clippy::disallowed_methods, reason = "a test awaits its tasks itself")]
fn scene(houses: usize) -> Scene {
    let (client, pipes) = duplex(64 * 1024);
    let (read, write) = split(pipes);
    let pipes = Pipes {
        read: Lines::new(Box::new(read), LONGEST),
        write: Box::new(write),
    };
    let (ends, links): (VecDeque<_>, VecDeque<_>) = (0..houses)
        .map(|_| {
            let (ours, theirs) = duplex(64 * 1024);
            let (read, write) = split(theirs);
            (
                End::new(ours),
                Link {
                    read: Lines::new(Box::new(read), usize::MAX),
                    write: Box::new(write),
                },
            )
        })
        .unzip();
    let links = Arc::new(Mutex::new(links));
    let next = move || {
        let link = links.lock().unwrap().pop_front();
        link.ok_or_else(|| Error::new(Code::ServerUnreachable, "there is no other house"))
    };
    let first = next().unwrap();
    let relay = tokio::spawn(relay(pipes, first, async move || next()));
    Scene {
        client: End::new(client),
        houses: ends,
        relay,
    }
}

fn request(id: Value, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method })
}

fn result(id: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": {} })
}

#[tokio::test]
async fn lines_go_both_ways_until_the_client_ends() {
    let mut scene = scene(1);
    let mut house = scene.houses.pop_front().unwrap();
    scene.client.says(request(json!(1), "tools/list")).await;
    assert_eq!(house.hears().await, request(json!(1), "tools/list"));
    scene.client.says(request(json!("two"), "tools/call")).await;
    assert_eq!(house.hears().await["id"], "two");
    scene.client.write.shutdown().await.unwrap();
    // The client has said everything; its answers still come.
    house.hears_nothing_more().await;
    house.says(result(json!("two"))).await;
    house.says(result(json!(1))).await;
    drop(house);
    assert_eq!(scene.client.hears().await["id"], "two");
    assert_eq!(scene.client.hears().await["id"], 1);
    scene.relay.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_lost_house_is_replaced_and_the_session_opened_anew() {
    let mut scene = scene(2);
    let mut house = scene.houses.pop_front().unwrap();
    scene.client.says(request(json!(0), "initialize")).await;
    house.hears().await;
    house.says(result(json!(0))).await;
    assert_eq!(scene.client.hears().await["id"], 0);
    scene
        .client
        .says(json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;
    house.hears().await;
    for (id, method) in [
        (1, "tools/call"),
        (2, "tools/list"),
        (3, "tools/call"),
        (4, "tools/call"),
    ] {
        scene.client.says(request(json!(id), method)).await;
        house.hears().await;
    }
    let cancelled = json!({ "method": "notifications/cancelled", "params": { "requestId": 4 } });
    scene.client.says(cancelled).await;
    house.hears().await;
    house.says(result(json!(3))).await;
    assert_eq!(scene.client.hears().await["id"], 3);
    drop(house);

    let first = scene.client.hears().await;
    assert_eq!(first["id"], 1);
    assert_eq!(first["error"]["data"]["code"], "outcome_unknown");
    let second = scene.client.hears().await;
    assert_eq!(
        (&second["id"], &second["error"]["data"]["code"]),
        (&json!(2), &json!("server_unreachable"))
    );

    let mut house = scene.houses.pop_front().unwrap();
    assert_eq!(house.hears().await["method"], "initialize");
    house.says(result(json!(0))).await;
    assert_eq!(house.hears().await["method"], "notifications/initialized");
    scene.client.says(request(json!(5), "tools/list")).await;
    assert_eq!(house.hears().await["id"], 5);
    house.says(result(json!(5))).await;
    assert_eq!(
        scene.client.hears().await["id"],
        5,
        "the replayed answer is swallowed"
    );
}

#[tokio::test]
async fn an_unanswered_initialize_is_asked_again_and_answered_once() {
    let mut scene = scene(2);
    let mut house = scene.houses.pop_front().unwrap();
    scene.client.says(request(json!("i"), "initialize")).await;
    house.hears().await;
    drop(house);
    let mut house = scene.houses.pop_front().unwrap();
    assert_eq!(house.hears().await["id"], "i");
    house.says(result(json!("i"))).await;
    assert_eq!(scene.client.hears().await, result(json!("i")));
}

#[tokio::test]
async fn without_another_house_the_dialogue_ends_with_an_error() {
    let mut scene = scene(1);
    let mut house = scene.houses.pop_front().unwrap();
    scene.client.says(request(json!(1), "tools/call")).await;
    house.hears().await;
    drop(house);
    assert_eq!(
        scene.client.hears().await["error"]["data"]["code"],
        "outcome_unknown"
    );
    assert_eq!(
        scene.relay.await.unwrap().unwrap_err().code(),
        Code::ServerUnreachable
    );
}

#[tokio::test]
async fn houses_that_close_at_once_are_not_tried_for_ever() {
    let mut scene = scene(20);
    scene.houses.clear();
    assert_eq!(
        scene.relay.await.unwrap().unwrap_err().code(),
        Code::ServerUnreachable
    );
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_and_the_next_one_passes() {
    let mut scene = scene(1);
    let mut house = scene.houses.pop_front().unwrap();
    let long = format!("{{\"id\":1,\"x\":\"{}\"}}\n", "y".repeat(LONGEST));
    scene.client.write.write_all(long.as_bytes()).await.unwrap();
    scene.client.says(request(json!(2), "tools/list")).await;
    assert_eq!(
        scene.client.hears().await["error"]["data"]["code"],
        "payload_too_large"
    );
    assert_eq!(house.hears().await["id"], 2);
}

#[tokio::test]
async fn a_house_that_does_not_read_does_not_stop_its_own_answers() {
    let mut scene = scene(1);
    let mut house = scene.houses.pop_front().unwrap();
    let big = "z".repeat(900);
    // More than the pipe holds: the relay waits for the house to read …
    let flood = async {
        for id in 0..200 {
            scene
                .client
                .says(json!({ "id": id, "method": "tools/call", "params": big }))
                .await;
        }
    };
    // … and passes on what the house says meanwhile.
    let answers = async {
        for id in 0..5 {
            house.says(result(json!(id))).await;
        }
        for _ in 0..200 {
            house.hears().await;
        }
    };
    tokio::join!(flood, answers);
    for id in 0..5 {
        assert_eq!(scene.client.hears().await["id"], id);
    }
}
