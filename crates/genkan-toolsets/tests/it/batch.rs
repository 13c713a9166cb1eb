//! Many queries in one request cost much less than as many requests.

use std::time::{Duration, Instant};

use genkan_testkit::TestDb;
use serde_json::{Value, json};

use crate::fixture::Knowledge;

const TOPICS: [&str; 15] = [
    "deploy", "cache", "schema", "login", "retry", "queue", "backup", "alert", "invoice", "search",
    "upload", "form", "metric", "secret", "cluster",
];
/// How often each way is tried; the best time of each counts, so a busy machine does no harm.
const ROUNDS: usize = 7;

async fn ask(knowledge: &Knowledge, queries: &[String]) -> Value {
    let request = json!({"scope": "team:api", "queries": queries});
    knowledge.ok("get_task_context", request).await
}

#[tokio::test]
async fn fifteen_queries_take_at_most_half_the_time_of_fifteen_requests() {
    TestDb::each(async |database| {
        let knowledge = Knowledge::open(&database).await;
        knowledge.namespace("team").await;
        knowledge.scope("team:base", &[]).await;
        knowledge.scope("team:api", &["team:base"]).await;
        for n in 0..90 {
            let topic = TOPICS[n % TOPICS.len()];
            let context = format!("{topic} topic{n}");
            let content = format!("How we {topic} in case {n}: with care, and never on a Friday.");
            knowledge
                .entry(
                    ["team:api", "team:base", "global:default"][n % 3],
                    &context,
                    &content,
                )
                .await;
        }
        let queries: Vec<String> = TOPICS
            .iter()
            .map(|topic| format!("{topic} case friday"))
            .collect();
        let (mut together, mut apart) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let answer = ask(&knowledge, &queries).await;
            together = together.min(begun.elapsed());
            assert_eq!(
                answer["ranking"].as_array().unwrap().len(),
                50,
                "all topics, up to the bound"
            );
            let begun = Instant::now();
            for query in &queries {
                let answer = ask(&knowledge, std::slice::from_ref(query)).await;
                assert_eq!(answer["ranking"].as_array().unwrap().len(), 50);
            }
            apart = apart.min(begun.elapsed());
        }
        assert!(
            together * 2 <= apart,
            "together {together:?}, apart {apart:?}"
        );
    })
    .await;
}
