//! The same requests give the same answers, to the letter, on SQLite and on PostgreSQL.

use std::sync::Arc;

use genkan_testkit::TestDb;
use genkan_toolsets::knowledge::embed::NGrams;
use serde_json::{Value, json};

use crate::fixture::{Knowledge, Seeded};

const ENTRIES: usize = 200;
const REQUESTS: usize = 520;
/// How many more are answered by nearness beside words.
const NEAR_REQUESTS: usize = 60;
const SCOPES: [(&str, &[&str]); 6] = [
    ("team:base", &[]),
    ("team:api", &["team:base"]),
    ("team:web", &["team:base"]),
    ("team:app", &["team:web", "team:api"]),
    ("other:tools", &["team:base"]),
    ("other:all", &["other:tools", "team:app"]),
];
/// Common words first; the later ones are rare, and written in different ways.
const WORDS: [&str; 40] = [
    "deploy",
    "the",
    "server",
    "with",
    "error",
    "test",
    "cache",
    "build",
    "api",
    "user",
    "deploying",
    "errors",
    "Server",
    "retry",
    "timeout",
    "queue",
    "schema",
    "node.js",
    "nodejs",
    "Node JS",
    "getTaskContext",
    "k8s",
    "kubernetes",
    "café",
    "cafe",
    "naïve",
    "straße",
    "log-level",
    "loglevel",
    "OAuth2",
    "日本語",
    "言語",
    "привет",
    "Ελλάδα",
    "AND",
    "\"quoted\"",
    "x86_64",
    "C++",
    "99.9",
    "rollback",
];

/// Words by a Zipf-like law: the first are frequent.
fn words(random: &Seeded, count: usize) -> String {
    let word = || WORDS[random.below(1 + random.below(WORDS.len()))];
    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
}

async fn answers(database: &TestDb) -> Vec<Value> {
    let mut knowledge = Knowledge::open(database).await;
    let random = Seeded::default();
    for name in ["team", "other"] {
        knowledge.namespace(name).await;
    }
    for (scope, parents) in SCOPES {
        knowledge
            .ok(
                "create_scope",
                json!({"scope": scope, "description": "A scope", "parents": parents}),
            )
            .await;
    }
    let mut answers = Vec::new();
    let mut ids = Vec::new();
    for n in 0..ENTRIES {
        let scope = if n % 9 == 0 {
            "global:default"
        } else {
            SCOPES[random.below(SCOPES.len())].0
        };
        let context: Vec<String> = words(&random, 4)
            .split(' ')
            .map(|word| format!("{word}."))
            .collect();
        let content = words(&random, 3 + random.below(30));
        let mut arguments = json!({"scope": scope, "context": context, "content": content});
        if n % 4 == 0 {
            arguments["task_size"] = json!(["XS", "S", "M", "L", "XL"][random.below(5)]);
        }
        let written = knowledge.ok("write_knowledge", arguments).await;
        ids.push(written["id"].clone());
        answers.push(written);
        if n % 20 == 19 {
            let (winner, loser) = (random.below(ids.len()), random.below(ids.len()));
            let settle = json!({"active_id": ids[winner], "suppressed_ids": [ids[loser]]});
            let settled = knowledge.call("resolve_knowledge_conflict", settle).await;
            answers.push(json!(
                settled.map_err(|error| error.message().to_owned()).ok()
            ));
        }
    }
    let mut asked = 0;
    for n in 0..REQUESTS + NEAR_REQUESTS {
        if n == REQUESTS {
            knowledge.embed_with(Arc::new(NGrams)).await;
        }
        let queries: Vec<String> = (0..=random.below(3))
            .map(|_| words(&random, 1 + random.below(4)))
            .collect();
        asked += queries.len();
        let mut arguments =
            json!({"scope": SCOPES[random.below(SCOPES.len())].0, "queries": queries});
        if n % 5 == 0 {
            arguments["task_size"] = json!(["S", "L"][random.below(2)]);
        }
        answers.push(knowledge.ok("get_task_context", arguments).await);
    }
    assert!(asked >= 1_000, "{asked} queries");
    knowledge.close().await;
    answers
}

#[tokio::test]
async fn answers_are_identical_on_both_databases() {
    let Some(postgres) = TestDb::postgres().await else {
        eprintln!("skipped: GENKAN_TEST_POSTGRES is not set");
        return;
    };
    let (sqlite, postgres) = (answers(&TestDb::sqlite()).await, answers(&postgres).await);
    assert_eq!(sqlite.len(), postgres.len());
    for (place, (one, other)) in sqlite.iter().zip(&postgres).enumerate() {
        // As text, since two objects are equal whatever the order of their members.
        assert_eq!(one.to_string(), other.to_string(), "answer {place}");
    }
    let found = sqlite
        .iter()
        .filter(|answer| answer["ranking"].as_array().is_some_and(|r| r.len() > 5))
        .count();
    assert!(
        found > REQUESTS / 3,
        "the requests found something: {found}"
    );
}
