//! More calls than the house can serve: it refuses the rest at once, keeps serving what it let in,
//! answers `/health` all the while, and is itself again when the flood is over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use genkan_testkit::{
    Answer, McpClient,
    binary::{Dialogue, Server, call, modern},
    last_message,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::house::{House, admin, until};

/// Calls at once, and as many wait; each takes a tenth of a second.
const PLACES: usize = 4;
/// How many ask at once, again and again, whatever they are answered.
const CROWD: usize = 32;
/// After so many answers the flood is over.
const ENOUGH: usize = 24;
/// Within this, the house serves again as if nothing had been.
const RECOVERY: Duration = Duration::from_secs(10);
/// A call waits and runs for 300 ms; this is for a machine that does much else.
const LIMIT: Duration = Duration::from_secs(10);

/// What the clients met.
#[derive(Default)]
struct Met {
    served: AtomicUsize,
    shed: AtomicUsize,
}

/// One call; whether it was served.
async fn one_call(client: &McpClient) -> bool {
    let call = json!({ "name": "test_slow", "arguments": { "steps": 1, "step_ms": 100 } });
    is_served(client, call).await
}

/// Whether a call was served. What is refused says so in every way that it must.
async fn is_served(client: &McpClient, call: Value) -> bool {
    let begun = Instant::now();
    let response = client.prepare("/mcp", "tools/call", call).send().await;
    let response = response.unwrap();
    let status = response.status().as_u16();
    let retry = response.headers().get("retry-after").cloned();
    let body = last_message(&response.text().await.unwrap()).unwrap();
    if status == 200 {
        assert!(body["result"]["structuredContent"].is_object(), "{body:#}");
        assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
        return true;
    }
    assert_eq!(status, 503, "{body:#}");
    assert_eq!(body["error"]["data"]["code"], "overloaded", "{body:#}");
    assert!(body["id"].is_number(), "{body:#}");
    let seconds = retry.unwrap().to_str().unwrap().parse::<u64>().unwrap();
    assert!(seconds >= 1);
    false
}

async fn flood(server: &Server) -> Arc<Met> {
    let met = Arc::new(Met::default());
    let mut crowd = JoinSet::new();
    for _ in 0..CROWD {
        let (client, met) = (admin(server), Arc::clone(&met));
        crowd.spawn(async move {
            while met.served.load(Ordering::Relaxed) < ENOUGH {
                let count = match one_call(&client).await {
                    true => &met.served,
                    false => &met.shed,
                };
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while met.served.load(Ordering::Relaxed) < ENOUGH && !crowd.is_empty() {
        assert_eq!(server.get("/health", None).status, 200);
        tokio::task::yield_now().await;
    }
    crowd.join_all().await;
    met
}

async fn overload(house: House) {
    let house = house
        .with("MAX_CONCURRENT_REQUESTS", &PLACES.to_string())
        .with("GENKAN_LIMITS__WAITING_CALLS", &PLACES.to_string())
        .with("GENKAN_LIMITS__WAITING_MS", "200");
    let server = house.binary.serve();
    let met = flood(&server).await;
    assert!(met.shed.load(Ordering::Relaxed) > 0, "nothing was refused");
    let client = admin(&server);
    until(RECOVERY, "the house serves again", || async {
        one_call(&client).await.then_some(())
    })
    .await;
    let metrics = server.get("/metrics", Some(&server.admin_key())).body;
    let number = |name: &str| -> usize {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim().parse().unwrap()
    };
    assert_eq!(number("genkan_calls_under_way_peak "), PLACES);
    assert_eq!(number("genkan_calls_under_way "), 0);
    assert!(number("genkan_calls_shed_total ") >= met.shed.load(Ordering::Relaxed));
    assert_eq!(server.terminate(), Some(0));
    house.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overload_is_shed_and_recovered_from() {
    House::each(overload).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_compute_are_refused_where_they_would_wait_too_long() {
    let house = House::sqlite();
    let server = house.binary.serve();
    // As many for each processor as would take it far longer than anybody waits for a place.
    let crowd = 40 * std::thread::available_parallelism().unwrap().get();
    let mut clients = JoinSet::new();
    for _ in 0..crowd {
        let client = admin(&server);
        clients.spawn(async move {
            let call = json!({ "name": "test_compute", "arguments": { "ms": 50 } });
            is_served(&client, call).await
        });
    }
    let served = clients.join_all().await;
    let count = served.iter().filter(|is_served| **is_served).count();
    assert!(count > 0, "nobody was served");
    assert!(count < crowd, "nobody was refused");
}

/// Of calls that never end, sent at once to a house with one place: the first answer, which is a
/// refusal, and how long it took.
async fn first_refusal(house: House, calls: usize) -> (Answer, Duration) {
    let server = house.with("MAX_CONCURRENT_REQUESTS", "1").binary.serve();
    let begun = Instant::now();
    let mut crowd = JoinSet::new();
    for _ in 0..calls {
        let client = admin(&server);
        crowd.spawn(async move { client.call("test_fail", json!({ "how": "hang" })).await });
    }
    let first = crowd.join_next().await.unwrap().unwrap();
    assert_eq!(first.code().as_deref(), Some("overloaded"), "{first:?}");
    (first, begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_waiting_calls_is_how_many_wait() {
    // Nobody is refused for having waited.
    let house = House::sqlite()
        .with("GENKAN_LIMITS__WAITING_CALLS", "1")
        .with("GENKAN_LIMITS__WAITING_MS", "600000");
    let (refused, _) = first_refusal(house, 3).await;
    let told = refused.body["error"]["message"].as_str().unwrap();
    assert!(told.contains("wait already"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_waiting_ms_is_how_long_they_wait() {
    let house = House::sqlite().with("GENKAN_LIMITS__WAITING_MS", "1000");
    let (refused, took) = first_refusal(house, 2).await;
    let told = refused.body["error"]["message"].as_str().unwrap();
    assert!(told.contains("none ended in time"), "{refused:?}");
    assert!(took >= Duration::from_secs(1), "{took:?}");
}

/// Two calls that never end, and what is said to a third.
fn third_call(dialogue: &mut Dialogue, request: impl Fn(u64, Value) -> Value) -> Value {
    let hang = || call("test_fail", json!({ "how": "hang" }));
    dialogue.says(&request(1, hang()));
    dialogue.says(&request(2, hang()));
    dialogue.says(&request(3, call("test_echo", json!({ "text": "x" }))));
    dialogue.hears()
}

#[test]
fn limits_calls_in_flight_bounds_a_stream_and_a_session() {
    let house = House::sqlite().with("GENKAN_LIMITS__CALLS_IN_FLIGHT", "2");
    let stateless = |id, params| modern(id, "tools/call", params);
    let in_session = |id: u64, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
    let mut session = house.binary.stdio(&[]);
    session.initialize();
    let answers = [
        third_call(&mut house.binary.stdio(&[]), stateless),
        third_call(&mut session, in_session),
    ];
    for refused in answers {
        assert_eq!(refused["id"], 3, "{refused}");
        let error = &refused["error"];
        assert_eq!(error["data"]["code"], "overloaded", "{refused}");
        assert_eq!(
            error["message"], "2 requests are under way already",
            "{refused}"
        );
    }
}
