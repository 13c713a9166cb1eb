//! A hundred clients at once for a minute: every call is answered, and memory stays bounded.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_testkit::McpClient;
use serde_json::json;
use tokio::{sync::Barrier, task::JoinSet};

use crate::house::{House, admin, evidence, is_soak};

const CLIENTS: usize = 100;

/// How much a server may grow between its warm-up and its end. It keeps caches of a fixed size;
/// what it writes meanwhile stays on the disk.
const GROWTH_MIB: u64 = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn load_of_a_hundred_clients_meets_no_error_on_sqlite() {
    run(House::sqlite(), Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn load_of_a_hundred_clients_meets_no_error_on_postgres() {
    if let Some(house) = House::postgres().await {
        run(house, Duration::from_secs(20)).await;
    }
}

async fn run(house: House, gate: Duration) {
    let time = if is_soak() {
        Duration::from_secs(600)
    } else {
        gate
    };
    let server = house.binary.serve();
    let begun = Instant::now();
    let end = begun + time;
    let warm = Arc::new(Barrier::new(CLIENTS + 1));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (client, warm) = (admin(&server), warm.clone());
        clients.spawn(async move {
            let mut took = Vec::new();
            for call in 0.. {
                if call == WARM_UP {
                    warm.wait().await;
                }
                if call >= WARM_UP && Instant::now() >= end {
                    break;
                }
                took.push(one_call(&client, number, call).await);
            }
            took
        });
    }
    let is_warm = tokio::time::timeout(Duration::from_secs(60), warm.wait()).await;
    is_warm.expect("every client meets no error while it warms up");
    let before = resident_mib(server.child.id());
    let mut took: Vec<Duration> = clients.join_all().await.concat();
    let (seconds, after) = (
        begun.elapsed().as_secs_f64(),
        resident_mib(server.child.id()),
    );
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    #[allow(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = took.len() as f64 / seconds;
    let figures = format!(
        "- {}: {CLIENTS} clients for {seconds:.0} s, one call in ten a write: {} calls ({rate:.0} per \
         second), 0 errors; p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms; resident memory {before} MiB \
         when warm, {after} MiB at the end (debug build, client on the same machine).",
        house.database,
        took.len(),
        at(50),
        at(95),
        at(99),
    );
    evidence(&format!("load-{}", house.database), &figures);
    assert!(after <= before + GROWTH_MIB, "memory grew: {figures}");
    assert_eq!(server.terminate(), Some(0));
    house.verify();
}

/// Calls of each client before memory is looked at for the first time.
const WARM_UP: u32 = 10;

/// A write, or a search for what this client wrote. Fails the test unless it does what was asked.
async fn one_call(client: &McpClient, number: usize, call: u32) -> Duration {
    let begun = Instant::now();
    // Each has words of its own, so that a search finds tens of entries and not all of them.
    let topic = format!("client{number}");
    let answer = if call.is_multiple_of(10) {
        let content = format!("{topic} reading{call}");
        let write = json!({ "content": content, "context": topic, "scope": "global:default" });
        client.call("knowledge_write_knowledge", write).await
    } else {
        let search = json!({ "queries": [topic], "scope": "global:default" });
        client.call("knowledge_get_task_context", search).await
    };
    let took = begun.elapsed();
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.structured();
    took
}

/// The resident memory of a process.
fn resident_mib(process: u32) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    number.unwrap() / 1024
}
