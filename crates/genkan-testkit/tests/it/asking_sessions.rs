//! The same tool for clients of older revisions, and over stdio: the questions come as elicitation.

use genkan_testkit::binary::{Dialogue, Server, call, modern};
use serde_json::{Value, json};

use crate::house::House;

const TOOL: &str = "test_confirm_twice";

fn expected() -> Value {
    json!({ "item": "lamp", "color": "red", "size": 3, "attempts": 3 })
}

/// The client's answer to a question, whichever of the two it is.
fn answer(question: &Value) -> Value {
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let schema = &question["params"]["requestedSchema"]["properties"];
    let content = if schema["color"].is_object() {
        json!({ "color": "red" })
    } else {
        json!({ "size": 3 })
    };
    let result = json!({ "action": "accept", "content": content });
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })
}

/// `initialize` of a client that can be asked.
fn greeting(revision: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": "init", "method": "initialize", "params": {
        "protocolVersion": revision,
        "capabilities": { "elicitation": {} },
        "clientInfo": { "name": "test", "version": "0" },
    }})
}

/// A session over HTTP.
struct Session {
    http: reqwest::Client,
    address: String,
    key: String,
    id: Option<String>,
}

impl Session {
    async fn open(server: &Server, revision: &str) -> Self {
        let mut session = Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            address: format!("http://{}/mcp", server.address()),
            key: server.admin_key(),
            id: None,
        };
        let welcome = session.post(&greeting(revision)).await;
        assert_eq!(welcome.status(), 200);
        let id = welcome.headers()["mcp-session-id"].to_str().unwrap();
        session.id = Some(id.to_owned());
        let welcome: Value = welcome.json().await.unwrap();
        assert_eq!(welcome["result"]["protocolVersion"], revision, "{welcome}");
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(session.post(&ready).await.status(), 202);
        session
    }

    async fn post(&self, message: &Value) -> reqwest::Response {
        let mut request = self
            .http
            .post(&self.address)
            .bearer_auth(&self.key)
            .header("Accept", "application/json, text/event-stream")
            .json(message);
        if let Some(id) = &self.id {
            request = request.header("Mcp-Session-Id", id);
        }
        request.send().await.unwrap()
    }
}

/// The messages of one stream of server-sent events.
struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data:"));
                let data = data.map(|data| data.trim().to_owned());
                self.text = rest.to_owned();
                if let Some(data) = data.filter(|data| !data.is_empty()) {
                    return serde_json::from_str(&data).unwrap();
                }
                continue;
            }
            let piece = self.response.chunk().await.unwrap();
            let piece = piece.expect("the stream ended before the answer");
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_over_http_are_asked_by_elicitation() {
    House::each(async |house| {
        let server = house.binary.serve();
        for revision in ["2025-06-18", "2025-11-25"] {
            let session = Session::open(&server, revision).await;
            let params = call(TOOL, json!({ "item": "lamp" }));
            let request =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
            let response = session.post(&request).await;
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            let mut events = Events {
                response,
                text: String::new(),
            };
            for _ in ["color", "size"] {
                let reply = answer(&events.next().await);
                assert_eq!(session.post(&reply).await.status(), 202);
            }
            let last = events.next().await;
            assert_eq!(last["id"], 1, "{last}");
            assert_eq!(last["result"]["structuredContent"], expected(), "{last}");
        }
    })
    .await;
}

/// A session over stdio that is asked both questions.
fn session_over_stdio(mut dialogue: Dialogue, revision: &str) {
    let welcome = dialogue.initialize_with(revision, json!({ "elicitation": {} }));
    assert_eq!(welcome["result"]["protocolVersion"], revision, "{welcome}");
    let params = call(TOOL, json!({ "item": "lamp" }));
    dialogue.says(&json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }));
    for _ in ["color", "size"] {
        let reply = answer(&dialogue.hears_any());
        dialogue.says(&reply);
    }
    let last = dialogue.hears_any();
    assert_eq!(last["id"], 7, "{last}");
    assert_eq!(last["result"]["structuredContent"], expected(), "{last}");
    assert_eq!(dialogue.ends(), Some(0));
}

/// One round of the modern era over stdio, in a process of its own.
fn round_over_stdio(house: &House, state: &Value, answers: Value) -> Value {
    let mut dialogue = house.binary.stdio(&[]);
    let mut request = modern(1, "tools/call", call(TOOL, json!({ "item": "lamp" })));
    let params = &mut request["params"];
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({ "elicitation": {} });
    if !state.is_null() {
        params["requestState"] = state.clone();
        params["inputResponses"] = answers;
    }
    dialogue.says(&request);
    let result = dialogue.hears()["result"].clone();
    assert_eq!(dialogue.ends(), Some(0));
    result
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_over_stdio_are_asked_in_the_way_of_their_era() {
    House::each(async |house| {
        // Alone, then through a server on the same folder.
        for through_server in [false, true] {
            let _server = through_server.then(|| house.binary.serve());
            for revision in ["2025-06-18", "2025-11-25"] {
                session_over_stdio(house.binary.stdio(&[]), revision);
            }
            let accept = |key: &str, value: Value| {
                json!({ key: { "action": "accept", "content": { key: value } } })
            };
            let first = round_over_stdio(&house, &Value::Null, Value::Null);
            assert_eq!(first["resultType"], "input_required", "{first}");
            let color = accept("color", json!("red"));
            let second = round_over_stdio(&house, &first["requestState"], color);
            assert!(second["inputRequests"]["size"].is_object(), "{second}");
            let size = accept("size", json!(3));
            let last = round_over_stdio(&house, &second["requestState"], size);
            assert_eq!(last["structuredContent"], expected(), "{last}");
        }
        house.verify();
    })
    .await;
}
