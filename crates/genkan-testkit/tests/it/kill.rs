//! However the process dies: an answered write is there, and none is half-made.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use genkan_testkit::{McpClient, binary::Server, last_message};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    dump::Dump,
    house::{House, admin, evidence, is_soak},
};

const WRITERS: usize = 8;
const TOOL: &str = "knowledge_write_knowledge";

/// What the writers of all rounds know.
#[derive(Default)]
struct Known {
    answered: Vec<String>,
    /// Sent, and never answered.
    open: Vec<String>,
}

/// Writes one entry whose text is also the correlation id. `false` when no answer came.
async fn write(client: &McpClient, text: &str) -> bool {
    let arguments = json!({ "content": text, "context": text, "scope": "global:default" });
    let params = json!({ "name": TOOL, "arguments": arguments });
    let request = client
        .prepare("/mcp", "tools/call", params)
        .header("X-Correlation-ID", text);
    let Ok(response) = request.send().await else {
        return false;
    };
    let Ok(body) = response.text().await else {
        return false;
    };
    let Some(answer) = last_message(&body) else {
        return false;
    };
    assert!(
        answer["result"]["structuredContent"]["id"].is_string(),
        "{answer}"
    );
    true
}

/// What is true of every store after any crash: entries and records are the same writes, each of
/// them once, and what is derived from entries agrees with them.
fn whole(house: &House) -> Dump {
    let dump = Dump::of(&house.binary);
    let contents = dump.contents();
    assert_eq!(contents, dump.recorded(TOOL), "effects and records differ");
    let mut once = contents.clone();
    once.dedup();
    assert_eq!(contents, once, "a write is there twice");
    let counted: i64 = dump
        .rows("knowledge_statistics")
        .iter()
        .map(|row| row["entries"].as_i64().unwrap())
        .sum();
    assert_eq!(usize::try_from(counted), Ok(contents.len()), "statistics");
    house.verify();
    dump
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_at_a_point_of_a_write_leaves_effect_and_record_or_neither() {
    House::each(async |house| {
        // The first start is over before anything crashes.
        drop(house.binary.serve());
        let mut expected = Vec::new();
        for (point, is_kept) in [
            ("before_commit", false),
            ("after_commit", true),
            ("before_answer", true),
        ] {
            let crashing = house
                .binary
                .clone()
                .variable("GENKAN_TEST_CRASH_POINT", point);
            let mut server = crashing.serve();
            assert!(!write(&admin(&server), point).await, "{point}: answered");
            assert!(!server.child.wait().unwrap().success(), "{point}");
            if is_kept {
                expected.push(point.to_owned());
                expected.sort_unstable();
            }
            let server = house.binary.serve();
            let search = json!({ "queries": [point], "scope": "global:default" });
            let client = admin(&server);
            let found = client.call("knowledge_get_task_context", search).await;
            let is_found = found.structured().to_string().contains(point);
            assert_eq!(is_found, is_kept, "{point}: {:#}", found.body);
            drop(server);
            assert_eq!(
                whole(&house).contents(),
                expected,
                "{}: {point}",
                house.database
            );
        }
    })
    .await;
}

/// A request by a client that knows tasks.
fn of_task(client: &McpClient, method: &str, mut params: Value, name: &str) -> RequestBuilder {
    let request = client.prepare("/mcp", method, params.clone());
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {
            "extensions": { "io.modelcontextprotocol/tasks": {} },
        },
    });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let request = match params["name"].is_string() {
        true => request,
        false => request.header("Mcp-Name", name),
    };
    request.json(&body)
}

async fn result_of(request: RequestBuilder) -> Value {
    let text = request.send().await.unwrap().text().await.unwrap();
    let answer = last_message(&text).unwrap_or_else(|| panic!("no JSON: {text}"));
    assert!(answer["result"].is_object(), "{answer:#}");
    answer["result"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_when_a_task_ends_keeps_its_result_and_its_record_or_neither() {
    House::each(async |mut house| {
        house.binary = house.binary.variable("GENKAN_TEST_FIXTURES", "1");
        drop(house.binary.serve());
        for (point, is_kept, recorded) in [
            ("before_commit", false, 0),
            ("after_commit", true, 1),
            ("before_answer", true, 2),
        ] {
            let crashing = house
                .binary
                .clone()
                .variable("GENKAN_TEST_CRASH_POINT", point);
            let mut server = crashing.serve();
            let arguments = json!({ "seconds": 0.2, "label": point });
            let params = json!({ "name": "slow_compute", "arguments": arguments });
            let begin = of_task(&admin(&server), "tools/call", params, "slow_compute");
            let created = result_of(begin).await;
            assert_eq!(created["resultType"], "task", "{created:#}");
            let id = created["taskId"].as_str().unwrap();
            assert!(!server.child.wait().unwrap().success(), "{point}");

            let server = house.binary.serve();
            let get = of_task(&admin(&server), "tasks/get", json!({ "taskId": id }), id);
            let task = result_of(get).await;
            // What is not kept is believed to go on, or lost once its lease has ended.
            let is_there = task["status"] == "completed";
            assert_eq!(is_there, is_kept, "{}: {task:#}", house.database);
            if is_kept {
                let text = &task["result"]["content"][0]["text"];
                assert_eq!(*text, format!("Computed {point}."));
            }
            drop(server);
            let dump = Dump::of(&house.binary);
            assert_eq!(dump.recorded("slow_compute").len(), recorded, "{point}");
            house.verify();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_rounds_under_eight_writers_lose_no_answered_write_on_sqlite() {
    rounds(House::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_rounds_under_eight_writers_lose_no_answered_write_on_postgres() {
    if let Some(house) = House::postgres().await {
        rounds(house).await;
    }
}

async fn rounds(house: House) {
    let rounds = if is_soak() { 25 } else { 5 };
    let mut known = Known::default();
    for round in 0..rounds {
        // After another number of answers each time, so that it hits other moments.
        let answers = 30 + round * 17 % 60;
        one_round(house.binary.serve(), round, answers, &mut known).await;
    }
    // Once more, so that whatever a start repairs is repaired.
    assert_eq!(house.binary.serve().terminate(), Some(0));
    let present = whole(&house).contents();
    for text in &known.answered {
        assert!(
            present.binary_search(text).is_ok(),
            "{text} was answered and is lost"
        );
    }
    let kept = known
        .open
        .iter()
        .filter(|text| present.binary_search(text).is_ok());
    let kept = kept.count();
    assert_eq!(
        present.len(),
        known.answered.len() + kept,
        "an unknown write"
    );
    let figures = format!(
        "- {}: {rounds} rounds of `kill -9` under {WRITERS} writers; {} writes answered, all present \
         once with one record each; of {} that were under way {kept} are present, all with their \
         record; the chain verifies.",
        house.database,
        known.answered.len(),
        known.open.len(),
    );
    evidence(&format!("kill-{}", house.database), &figures);
}

/// Writers write until the server is killed in the midst of it, after this many answers.
async fn one_round(mut server: Server, round: u32, answers: u32, known: &mut Known) {
    let answered = Arc::new(Semaphore::new(0));
    let number = Arc::new(AtomicU32::new(0));
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (client, answered, number) = (admin(&server), answered.clone(), number.clone());
        writers.spawn(async move {
            let mut own = Known::default();
            loop {
                let text = format!("r{round}-w{}", number.fetch_add(1, Ordering::Relaxed));
                if !write(&client, &text).await {
                    own.open.push(text);
                    return own;
                }
                own.answered.push(text);
                answered.add_permits(1);
            }
        });
    }
    let enough = tokio::time::timeout(Duration::from_secs(60), answered.acquire_many(answers));
    enough.await.expect("writes are answered").unwrap().forget();
    // Answers come in waves, one per commit: a little later the next wave is somewhere else.
    tokio::time::sleep(Duration::from_micros(u64::from(round) * 1_700 % 20_000)).await;
    server.kill();
    for own in writers.join_all().await {
        known.answered.extend(own.answered);
        known.open.extend(own.open);
    }
}
