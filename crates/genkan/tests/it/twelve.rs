//! All twelve tools of `knowledge` through the built binary, on SQLite and on PostgreSQL: the same
//! script gives the same answers, and the same order of what is found.
//!
//! Ids are made of the time, so that they differ between runs; they are replaced by the order in
//! which they first appear before the two are compared, to the letter.

use std::collections::BTreeSet;

use genkan_testkit::binary::{Binary, call, http, modern};
use serde_json::{Value, json};

use crate::binary::{genkan, on_postgres};

const TOPICS: [&str; 6] = [
    "deploy the server with a retry",
    "retry the deployment after a timeout",
    "the cache of the server times out",
    "deploying node.js to k8s",
    "a timeout of the cache, and a retry",
    "retry, retry, retry: the queue deploys late",
];

/// A client of a served house, and all that it was answered.
struct Told {
    address: String,
    key: String,
    tools: BTreeSet<String>,
    answers: Vec<Value>,
}

impl Told {
    fn ask(&mut self, tool: &str, arguments: Value) -> Value {
        let name = format!("knowledge_{tool}");
        let message = modern(1, "tools/call", call(&name, arguments));
        let answer = http::mcp(&self.address, "/mcp", &self.key, &message);
        assert_eq!(answer.status, 200, "{tool}: {}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let result = &answer["result"];
        assert_ne!(result["isError"], true, "{tool}: {answer}");
        self.tools.insert(name);
        self.answers.push(result["structuredContent"].clone());
        result["structuredContent"].clone()
    }

    fn write(&mut self, scope: &str, content: &str, size: &str) -> Value {
        let context = ["deploy", "retry timeout", "server cache"];
        let entry = json!({ "scope": scope, "context": context, "content": content,
            "task_size": size });
        self.ask("write_knowledge", entry)["id"].clone()
    }

    fn find(&mut self, queries: &[&str]) -> Value {
        let queries = json!({ "scope": "team:api", "queries": queries });
        self.ask("get_task_context", queries)
    }
}

/// Every tool at least once, and searches between them.
fn script(told: &mut Told) {
    for name in ["team", "gone"] {
        told.ask(
            "create_namespace",
            json!({ "name": name, "description": "Our team" }),
        );
    }
    for (scope, parents) in [
        ("team:base", json!([])),
        ("team:apo", json!(["team:base"])),
        ("team:old", json!([])),
    ] {
        let scope = json!({ "scope": scope, "description": "A part", "parents": parents });
        told.ask("create_scope", scope);
    }
    told.ask(
        "update_scope",
        json!({ "scope": "team:apo", "new_scope": "team:api" }),
    );
    let mut ids = Vec::new();
    for (n, topic) in TOPICS.iter().enumerate() {
        for scope in ["team:api", "team:base", "global:default", "team:old"] {
            ids.push(told.write(scope, topic, ["S", "M", "L"][n % 3]));
        }
    }
    told.find(&["deploy server", "retry"]);
    told.find(&["timeout cache"]);
    let settled = json!({ "active_id": ids[0], "suppressed_ids": [ids[4], ids[8]] });
    told.ask("resolve_knowledge_conflict", settled);
    told.ask(
        "update_knowledge",
        json!({ "id": ids[1], "content": "the cache, the cache" }),
    );
    told.ask("delete_knowledge", json!({ "id": ids[12] }));
    told.find(&["deploying", "k8s", "cache"]);
    told.ask("delete_scope", json!({ "scope": "team:old" }));
    told.ask(
        "update_namespace",
        json!({ "name": "gone", "new_name": "left" }),
    );
    told.ask("delete_namespace", json!({ "name": "left" }));
    told.ask("get_namespaces", json!({ "style": "details" }));
    let found = told.find(&["retry the deployment", "queue", "node"]);
    assert!(found["ranking"].as_array().unwrap().len() > 5, "{found}");
}

/// All answers of the script, without what differs from run to run.
fn answers(binary: &Binary) -> Vec<String> {
    let server = binary.serve();
    let mut told = Told {
        address: server.address().to_owned(),
        key: server.admin_key(),
        tools: BTreeSet::new(),
        answers: Vec::new(),
    };
    script(&mut told);
    assert_eq!(
        told.tools.len(),
        12,
        "every tool was called: {:?}",
        told.tools
    );
    let verified = binary.run(["audit", "verify", "--json"]).ok().json();
    assert_eq!(verified["faults"], json!([]), "{verified}");
    let ids: Vec<String> = told.answers.iter().filter_map(id_in).collect();
    let text = |answer: &Value| {
        let numbered = ids.iter().enumerate();
        numbered.fold(answer.to_string(), |text, (n, id)| {
            text.replace(id.as_str(), &format!("entry {n}"))
        })
    };
    told.answers.iter().map(text).collect()
}

fn id_in(answer: &Value) -> Option<String> {
    answer["id"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twelve_tools_answer_alike_on_both_databases_through_the_binary() {
    let on_sqlite = answers(&genkan());
    let Some((_database, binary)) = on_postgres().await else {
        return;
    };
    let binary = binary.variable("GENKAN_STORE__AUTO_MIGRATE", "true");
    let on_postgres = answers(&binary);
    assert_eq!(on_sqlite.len(), on_postgres.len());
    for (place, (one, other)) in on_sqlite.iter().zip(&on_postgres).enumerate() {
        assert_eq!(one, other, "answer {place}");
    }
}
