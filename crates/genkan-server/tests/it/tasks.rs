//! Tasks on the wire: what is created, told, answered and refused.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::{
    errands::Errands,
    fixture::{House, soon},
    wire::{self, Reply, meta, request},
};

const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
const EXTENSION: &str = "io.modelcontextprotocol/tasks";

/// The metadata of a client that knows tasks.
fn knowing() -> Value {
    let mut meta = meta();
    meta[CAPABILITIES]["extensions"] = json!({ EXTENSION: {} });
    meta
}

/// A house with a tool that needs tasks.
async fn house() -> House {
    House::offering(vec![Arc::new(Errands)], |_| {}, |_| {}).await
}

async fn run(house: &House) -> Value {
    let params = json!({ "name": "errand_run", "arguments": {}, "_meta": knowing() });
    let reply = house.modern(&request(1, "tools/call", params)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json["result"].clone()
}

async fn act(house: &House, method: &str, id: &str, more: Value) -> Reply {
    let mut params = json!({ "taskId": id, "_meta": knowing() });
    for (name, value) in more.as_object().unwrap() {
        params[name] = value.clone();
    }
    let ask = wire::modern(&house.admin, &request(2, method, params));
    ask.header("mcp-name", id).send(&house.router).await
}

/// The task, once it has that status.
async fn reached(house: &House, id: &str, status: &str) -> Value {
    soon(async {
        loop {
            let task = act(house, "tasks/get", id, json!({})).await.json["result"].clone();
            if task["status"] == status {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

fn place(name: &str) -> Value {
    let answer = json!({ "action": "accept", "content": { "place": name } });
    json!({ "inputResponses": { "place": answer } })
}

/// An acknowledgement says that it is complete, and nothing else.
fn assert_acknowledged(reply: &Reply) {
    let mut result = reply.json["result"].as_object().unwrap().clone();
    assert_eq!(result.remove("resultType"), Some(json!("complete")));
    assert!(
        result.remove("_meta").is_some() && result.is_empty(),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn the_extension_is_offered_where_a_tool_allows_tasks() {
    let offered = async |house: House| {
        let reply = house
            .modern(&request(1, "server/discover", json!({})))
            .await;
        reply.json["result"]["capabilities"]["extensions"].clone()
    };
    assert_eq!(offered(house().await).await, json!({ EXTENSION: {} }));
    assert_eq!(offered(House::open().await).await, json!(null));
}

#[tokio::test]
async fn a_task_is_created_asked_answered_and_told_of() {
    let house = house().await;
    let created = run(&house).await;
    assert_eq!(
        (&created["resultType"], &created["status"]),
        (&json!("task"), &json!("working"))
    );
    assert_eq!(
        (&created["ttlMs"], &created["pollIntervalMs"]),
        (&json!(86_400_000), &json!(1_000))
    );
    for absent in ["result", "error", "inputRequests", "requestState", "task"] {
        assert!(created.get(absent).is_none(), "{created}");
    }
    let id = created["taskId"].as_str().unwrap();
    let asked = reached(&house, id, "input_required").await;
    assert_eq!(
        asked["inputRequests"]["place"]["method"],
        "elicitation/create"
    );

    let notifications = json!({ "taskIds": [id, "another"] });
    let listen = json!({ "notifications": notifications, "_meta": knowing() });
    let message = request("l", "subscriptions/listen", listen);
    let mut opened = wire::modern(&house.admin, &message)
        .open(&house.router)
        .await;
    let granted = opened.next().await.unwrap();
    assert_eq!(
        granted["params"]["notifications"],
        json!({ "taskIds": [id] })
    );

    assert_acknowledged(&act(&house, "tasks/update", id, place("the market")).await);
    let told = soon(async {
        loop {
            let told = opened.next().await.unwrap();
            assert_eq!(told["method"], "notifications/tasks");
            if told["params"]["status"] == "completed" {
                return told["params"].clone();
            }
        }
    })
    .await;
    assert_eq!(told["_meta"]["io.modelcontextprotocol/subscriptionId"], "l");
    assert_eq!(told["result"]["content"][0]["text"], "went to the market");
    let done = reached(&house, id, "completed").await;
    assert_eq!(done["result"], told["result"]);
    assert_acknowledged(&act(&house, "tasks/cancel", id, json!({})).await);
}

#[tokio::test]
async fn a_client_that_does_not_know_tasks_is_told_what_it_needs() {
    let house = house().await;
    let needed = json!({ "extensions": { EXTENSION: {} } });
    let messages = [
        request(
            1,
            "tools/call",
            json!({ "name": "errand_run", "arguments": {} }),
        ),
        request(1, "tasks/get", json!({ "taskId": "errand_run" })),
    ];
    for message in messages {
        let ask = wire::modern(&house.admin, &message);
        let ask = match message["params"]["taskId"].as_str() {
            Some(id) => ask.header("mcp-name", id),
            None => ask,
        };
        let reply = ask.send(&house.router).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["error"]["code"]),
            (400, &json!(-32021))
        );
        assert_eq!(reply.json["error"]["data"]["requiredCapabilities"], needed);
    }
}

#[tokio::test]
async fn unknown_tasks_and_removed_methods_are_refused() {
    let house = house().await;
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let reply = act(&house, method, "nobody's", json!({})).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["error"]["code"]),
            (400, &json!(-32602))
        );
    }
    for method in ["tasks/list", "tasks/result"] {
        let reply = act(&house, method, "nobody's", json!({})).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["error"]["code"]),
            (404, &json!(-32601))
        );
    }
}
