//! More calls than the house can serve: it refuses the rest at once, keeps serving what it let in,
//! answers `/health` all the while, and is itself again when the flood is over.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use genkan_testkit::{McpClient, binary::Server, last_message};
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
