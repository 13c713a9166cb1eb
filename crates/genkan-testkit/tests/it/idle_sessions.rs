//! Ten thousand idle sessions of the older revisions fit into 500 MB of the built server; beyond
//! the limit a session is refused, and there is room again when one ends.

use std::sync::Arc;

use reqwest::{Client, Response};
use serde_json::json;
use tokio::task::JoinSet;

use crate::house::{House, evidence};

const SESSIONS: usize = 10_000;
const LIMIT_MB: u64 = 500;
/// How many clients open them.
const CLIENTS: usize = 16;

struct Door {
    http: Client,
    url: String,
    key: String,
}

impl Door {
    async fn open(&self) -> Response {
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "idle", "version": "1" } });
        let message =
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        let request = self.http.post(&self.url).bearer_auth(&self.key);
        let request = request.header("accept", "application/json, text/event-stream");
        request.json(&message).send().await.unwrap()
    }

    async fn end(&self, session: &str) -> Response {
        let request = self.http.delete(&self.url).bearer_auth(&self.key);
        request
            .header("mcp-session-id", session)
            .send()
            .await
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_sessions_fit_and_the_limit_recovers() {
    let limit = SESSIONS.to_string();
    let house = House::sqlite()
        .with("GENKAN_LIMITS__SESSIONS", &limit)
        .with("GENKAN_LIMITS__SESSIONS_PER_PRINCIPAL", &limit);
    let server = house.binary.serve();
    let door = Arc::new(Door {
        http: Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .unwrap(),
        url: format!("http://{}/mcp", server.address()),
        key: server.admin_key(),
    });
    let first = door.open().await;
    let first = first.headers()["mcp-session-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let before = resident_kb(server.child.id());
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let door = Arc::clone(&door);
        clients.spawn(async move {
            let mut session = 1 + client;
            while session < SESSIONS {
                let answer = door.open().await;
                assert_eq!(answer.status(), 200, "session {session}");
                answer.bytes().await.unwrap();
                session += CLIENTS;
            }
        });
    }
    clients.join_all().await;
    if let (Some(before), Some(after)) = (before, resident_kb(server.child.id())) {
        let grown = after.saturating_sub(before);
        evidence(
            "idle-sessions",
            &format!(
                "- {SESSIONS} idle sessions of MCP 2025-11-25: resident memory from {} MB to {} MB, {} bytes for each.",
                before / 1000,
                after / 1000,
                grown * 1000 / u64::try_from(SESSIONS).unwrap()
            ),
        );
        assert!(
            grown / 1000 < LIMIT_MB,
            "{SESSIONS} sessions take {grown} kB"
        );
    }

    let full = door.open().await;
    assert_eq!(full.status(), 503);
    assert_eq!(full.headers()["retry-after"], "1");
    let full: serde_json::Value = full.json().await.unwrap();
    assert_eq!(full["error"]["data"]["code"], "session_limit");
    assert_eq!(door.end(&first).await.status(), 204);
    assert_eq!(door.open().await.status(), 200, "there is room again");
    assert_eq!(door.open().await.status(), 503);
    assert_eq!(server.terminate(), Some(0));
}

/// The resident memory of a process, where the system tells it, in units of 1,000 bytes.
fn resident_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024 / 1000)
}
