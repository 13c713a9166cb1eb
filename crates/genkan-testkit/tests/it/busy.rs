//! All connections in use: a call that gets none is refused with a code, within a limit.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_testkit::{Answer, McpClient, binary::entry};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use crate::house::{House, admin, until};

/// A call waits two seconds for a connection; on a machine that does much else, somewhat longer.
const LIMIT: Duration = Duration::from_secs(15);

async fn search(client: &McpClient) -> Answer {
    let search = json!({ "queries": ["tides harbour"], "scope": "global:default" });
    client.call("knowledge_get_task_context", search).await
}

fn is_busy(answer: &Answer) -> bool {
    let is_busy = answer.code().as_deref() == Some("store_busy");
    assert_eq!(answer.status.as_u16() == 503, is_busy, "{answer:?}");
    is_busy
}

/// Somebody else at the database, for whom everybody waits who reads entries.
struct Holder(PgConnection);

impl Holder {
    async fn of(house: &House) -> Self {
        let mut connection = PgConnection::connect(house.url.as_deref().unwrap())
            .await
            .unwrap();
        connection
            .execute("BEGIN; LOCK TABLE knowledge_entry IN ACCESS EXCLUSIVE MODE")
            .await
            .unwrap();
        Self(connection)
    }

    /// Waits until somebody does.
    async fn is_waited_for(&mut self) {
        let waiting = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted \
                       AND relation = 'knowledge_entry'::regclass)";
        let begun = Instant::now();
        while !sqlx::query_scalar::<_, bool>(waiting)
            .fetch_one(&mut self.0)
            .await
            .unwrap()
        {
            assert!(begun.elapsed() < LIMIT, "the call does not read");
        }
    }

    async fn lets_go(mut self) {
        self.0.execute("ROLLBACK").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_a_connection_is_refused_while_the_only_one_is_held_on_postgres() {
    let Some(house) = House::postgres().await else {
        return;
    };
    let house = house.with("GENKAN_STORE__CONNECTIONS", "1");
    let server = house.binary.serve();
    let client = admin(&server);
    client
        .call("knowledge_write_knowledge", entry("before"))
        .await
        .structured();
    // Whoever reads entries now waits for us, and holds the only connection meanwhile.
    let mut holder = Holder::of(&house).await;
    let held = tokio::spawn({
        let client = admin(&server);
        async move { search(&client).await }
    });
    holder.is_waited_for().await;
    let asked = Instant::now();
    let refused = search(&client).await;
    assert!(is_busy(&refused), "{refused:?}");
    assert!(asked.elapsed() < LIMIT, "{:?}", asked.elapsed());
    assert_eq!(server.get("/health", None).status, 200);

    holder.lets_go().await;
    held.await.unwrap();
    until(LIMIT, "a call is answered again", || async {
        (!is_busy(&search(&client).await)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_without_a_connection_are_refused_when_too_many_read_at_once_on_sqlite() {
    // All may come in, so that they meet at the only connection.
    let house = House::sqlite()
        .with("GENKAN_STORE__CONNECTIONS", "1")
        .with("GENKAN_LIMITS__CONCURRENT_CALLS", "10000")
        .with("GENKAN_LIMITS__HEAVY_CALLS", "10000");
    let server = house.binary.serve();
    let client = Arc::new(admin(&server));
    for number in 0..100 {
        let content = format!("tides harbour {number} ").repeat(20);
        let answer = client
            .call("knowledge_write_knowledge", entry(&content))
            .await;
        answer.structured();
    }
    // One reads at a time: with enough of them, the last wait too long on any machine.
    let mut crowd = 32;
    while !wave(&client, crowd).await {
        crowd *= 2;
        assert!(crowd <= 4096, "nobody had to wait");
    }
    search(&client).await.structured();
}

fn is_refused_at_the_search(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 503, "{answer:?}");
    let told = answer.body["error"]["message"].as_str().unwrap();
    assert!(told.contains("compute for long"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_heavy_calls_search_at_once_and_more_wait_for_heavy_waiting_ms_on_postgres() {
    let Some(house) = House::postgres().await else {
        return;
    };
    // Longer than without a word on it, and far shorter than the database lets the first one wait.
    let house = house
        .with("GENKAN_LIMITS__HEAVY_CALLS", "2")
        .with("GENKAN_LIMITS__HEAVY_WAITING_MS", "1000");
    let server = house.binary.serve();
    let client = admin(&server);
    let write = client.call("knowledge_write_knowledge", entry("before"));
    write.await.structured();
    let mut holder = Holder::of(&house).await;
    let mut calls = JoinSet::new();
    for _ in 0..3 {
        let client = admin(&server);
        calls.spawn(async move {
            let begun = Instant::now();
            (search(&client).await, begun.elapsed())
        });
    }
    holder.is_waited_for().await;
    let (refused, took) = calls.join_next().await.unwrap().unwrap();
    is_refused_at_the_search(&refused);
    assert!(took >= Duration::from_secs(1), "{took:?}");
    holder.lets_go().await;
    // Two had a place, and were not refused for want of one.
    for (answer, _) in calls.join_all().await {
        assert_ne!(answer.code().as_deref(), Some("overloaded"), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_that_would_wait_too_long_are_refused_and_the_rest_is_served() {
    // Whoever is refused is refused at the search, not at the door.
    let house = House::sqlite()
        .with("GENKAN_LIMITS__CONCURRENT_CALLS", "10000")
        .with("GENKAN_LIMITS__HEAVY_CALLS", "1")
        .with("GENKAN_LIMITS__HEAVY_WAITING_MS", "20");
    let server = house.binary.serve();
    let client = Arc::new(admin(&server));
    for number in 0..50 {
        let content = format!("tides harbour {number} ").repeat(20);
        let answer = client
            .call("knowledge_write_knowledge", entry(&content))
            .await;
        answer.structured();
    }
    let (mut crowd, mut served, mut refused) = (16, 0, 0);
    // One computes at a time: with enough of them, the last would wait too long on any machine.
    while served == 0 || refused == 0 {
        let mut calls = JoinSet::new();
        for _ in 0..crowd {
            let client = Arc::clone(&client);
            calls.spawn(async move { search(&client).await });
        }
        for answer in calls.join_all().await {
            match answer.code().as_deref() {
                None => served += 1,
                Some("overloaded") => {
                    is_refused_at_the_search(&answer);
                    refused += 1;
                }
                Some(other) => panic!("{other}: {answer:?}"),
            }
        }
        crowd *= 2;
        assert!(crowd <= 4096, "{served} served, {refused} refused");
    }
    assert_eq!(server.get("/health", None).status, 200);
    search(&client).await.structured();
}

/// This many searches at once. Whether one of them was refused, within the limit.
async fn wave(client: &Arc<McpClient>, crowd: usize) -> bool {
    let mut calls = JoinSet::new();
    for _ in 0..crowd {
        let client = Arc::clone(client);
        calls.spawn(async move {
            let begun = Instant::now();
            let answer = search(&client).await;
            (is_busy(&answer), begun.elapsed())
        });
    }
    let answers = calls.join_all().await;
    let mut busy = answers.iter().filter(|(is_busy, _)| *is_busy).peekable();
    let is_any = busy.peek().is_some();
    for (_, took) in busy {
        assert!(*took < LIMIT, "refused only after {took:?}");
    }
    is_any
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_never_ends_is_ended_after_call_seconds() {
    let house = House::sqlite().with("GENKAN_LIMITS__CALL_SECONDS", "1");
    let server = house.binary.serve();
    let ended = admin(&server)
        .call("test_fail", json!({ "how": "hang" }))
        .await;
    assert_eq!(
        ended.code().as_deref(),
        Some("deadline_exceeded"),
        "{ended:?}"
    );
}
