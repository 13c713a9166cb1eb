//! The first requests of well-known clients, as their behaviour is documented
//! (`tests/clients/first`), are answered as they need.

use genkan_testkit::{
    binary::{Binary, Server},
    wire::{Events, Judge, Speaker},
};
use reqwest::{Client, Response};
use serde_json::Value;

#[tokio::test]
async fn first_requests_of_well_known_clients_are_answered_as_they_need() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/first");
    let mut played = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let script: Value = serde_json::from_str(&text).unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_genkan-testserver"));
        match script["transport"].as_str() {
            Some("http") => over_http(&binary, &script).await,
            Some("stdio") => over_lines(&binary, &script),
            other => panic!("no transport is called {other:?}"),
        }
        played.push(script["client"].as_str().unwrap().to_owned());
    }
    played.sort();
    let known = [
        "Claude Code",
        "Claude Desktop",
        "Cursor",
        "OpenAI connector",
        "VS Code Copilot",
        "connectors of claude.ai",
    ];
    assert_eq!(played, known);
}

async fn over_http(binary: &Binary, script: &Value) {
    let (server, http) = (
        binary.serve(),
        Client::builder().no_proxy().build().unwrap(),
    );
    let (mut session, mut judge, mut open) = (None, Judge::default(), Vec::new());
    for says in script["says"].as_array().unwrap() {
        if says["session"] == false {
            (session, judge) = (None, Judge::default());
        }
        let answer = send(&server, &http, says, session.as_deref()).await;
        let place = format!("{} at {}", script["client"], says["body"]["method"]);
        let needs = &says["needs"];
        assert_eq!(answer.status().as_u16(), needs["status"], "{place}");
        for (name, needed) in needs["headers"].as_object().into_iter().flatten() {
            let found = answer
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap());
            let found = found.unwrap_or_else(|| panic!("{place}: no header {name}"));
            assert!(
                needed == "*" || found.starts_with(needed.as_str().unwrap()),
                "{place}: {found}"
            );
        }
        if let Some(id) = answer.headers().get("mcp-session-id") {
            session = Some(id.to_str().unwrap().to_owned());
        }
        if says["method"] == "GET" {
            // It stays open, as theirs does.
            open.push(answer);
            continue;
        }
        judge.hear(Speaker::Client, &says["body"]);
        let text = answer.text().await.unwrap();
        let Some(needed) = needs.get("message") else {
            continue;
        };
        let message = serde_json::from_str(&text).unwrap_or_else(|_| {
            let events = Events::default().take(text.as_bytes());
            events
                .iter()
                .filter_map(|event| event.message())
                .next_back()
                .unwrap_or_default()
        });
        judge.hear(Speaker::Server, &message);
        judge.acquit();
        covers(needed, &message, &place);
    }
}

async fn send(server: &Server, http: &Client, says: &Value, session: Option<&str>) -> Response {
    let method = says["method"].as_str().unwrap_or("POST").parse().unwrap();
    let mut request = http.request(method, format!("http://{}/mcp", server.address()));
    if says["key"] != false {
        request = request.bearer_auth(server.admin_key());
    }
    if let Some(session) = session {
        request = request.header("mcp-session-id", session);
    }
    for (name, value) in says["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    if let Some(body) = says.get("body") {
        request = request.body(body.to_string());
    }
    request.send().await.unwrap()
}

fn over_lines(binary: &Binary, script: &Value) {
    let mut dialogue = binary.stdio(&[]);
    for says in script["says"].as_array().unwrap() {
        dialogue.says(&says["body"]);
        if let Some(needed) = says["needs"].get("message") {
            let place = format!("{} at {}", script["client"], says["body"]["method"]);
            covers(needed, &dialogue.hears(), &place);
        }
    }
    assert_eq!(dialogue.ends(), Some(0));
}

/// Fails unless all that is needed is found; `*` is anything that is there.
fn covers(needed: &Value, found: &Value, place: &str) {
    match needed {
        Value::Object(members) => {
            for (name, needed) in members {
                let found = found.get(name);
                let found =
                    found.unwrap_or_else(|| panic!("{place}: no `{name}` in what was found"));
                covers(needed, found, place);
            }
        }
        Value::String(any) if any == "*" => {}
        _ => assert_eq!(needed, found, "{place}"),
    }
}
