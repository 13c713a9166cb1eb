//! Several processes on one folder: clients over stdio, a server, and commands.

use std::time::{Duration, Instant};

use genkan_testkit::binary::{Binary, Dialogue, Server, call, entry};
use serde_json::{Value, json};

use crate::house::House;

const WRITE: &str = "knowledge_write_knowledge";

/// Who writes and reads on the folder.
enum Party<'a> {
    Stdio(Dialogue),
    Http(&'a Server, String),
    Command(&'a Binary),
}

impl Party<'_> {
    /// Calls a tool and returns its structured answer.
    fn calls(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = match self {
            Self::Stdio(dialogue) => dialogue.asks("tools/call", call(tool, arguments)),
            Self::Http(server, key) => {
                let answer = server.mcp(key, "tools/call", call(tool, arguments));
                serde_json::from_str(&answer.body).unwrap()
            }
            Self::Command(binary) => {
                let arguments = format!("--args={arguments}");
                let words = ["tools", "call", tool, &arguments, "--json"];
                return binary.run(words).ok().json();
            }
        };
        let structured = &answer["result"]["structuredContent"];
        assert!(structured.is_object(), "{answer}");
        structured.clone()
    }
}

/// Everybody writes at once; then everybody finds what each of them wrote.
fn write_and_find(parties: &mut [Party<'_>]) {
    const EACH: usize = 3;
    std::thread::scope(|scope| {
        for (number, party) in parties.iter_mut().enumerate() {
            scope.spawn(move || {
                for round in 0..EACH {
                    party.calls(WRITE, entry(&format!("observation{number}x{round}")));
                }
            });
        }
    });
    let words: Vec<_> = (0..parties.len())
        .flat_map(|number| (0..EACH).map(move |round| format!("observation{number}x{round}")))
        .collect();
    for (number, party) in parties.iter_mut().enumerate() {
        for word in &words {
            let search = json!({ "queries": [word], "scope": "global:default" });
            let found = party.calls("knowledge_get_task_context", search);
            assert!(
                found.to_string().contains(word),
                "{number}: `{word}`: {found}"
            );
        }
    }
}

fn end_all(parties: Vec<Party<'_>>) {
    for party in parties {
        if let Party::Stdio(dialogue) = party {
            assert_eq!(dialogue.ends(), Some(0));
        }
    }
}

#[test]
fn three_clients_the_server_and_commands_see_each_others_writes() {
    let house = House::sqlite();
    // Two clients come first and open the store themselves; then a server, and a third client.
    let mut early = [house.binary.stdio(&[]), house.binary.stdio(&[])];
    for client in &mut early {
        assert!(client.asks("tools/list", json!({}))["result"].is_object());
    }
    let server = house.binary.serve();
    let mut parties: Vec<_> = early.into_iter().map(Party::Stdio).collect();
    parties.push(Party::Stdio(house.binary.stdio(&[])));
    parties.push(Party::Http(&server, server.admin_key()));
    parties.push(Party::Command(&house.binary));
    write_and_find(&mut parties);
    fails_within_a_second_of_its_revocation(&house, &server);
    end_all(parties);
    house.verify();
    assert_eq!(server.terminate(), Some(0));
    house.verify();
}

/// Counted from the moment at which the command that revoked it ended.
fn fails_within_a_second_of_its_revocation(house: &House, server: &Server) {
    let words = ["key", "create", "ci", "--role", "user", "--json"];
    let created = house.binary.run(words).ok().json();
    let text = |field: &str| created[field].as_str().unwrap();
    let status = || server.mcp(text("key"), "tools/list", json!({})).status;
    // In use, so that what the server remembers of it is as fresh as can be.
    assert_eq!(status(), 200);
    house.binary.run(["key", "revoke", text("id")]).ok();
    let revoked = Instant::now();
    while status() != 401 {
        let late = revoked.elapsed() > Duration::from_secs(1);
        assert!(!late, "the key still works");
    }
}

#[test]
fn three_clients_without_a_server_share_the_store_with_commands() {
    let house = House::sqlite();
    let clients: Vec<_> = (0..3).map(|_| house.binary.stdio(&[])).collect();
    let mut parties: Vec<_> = clients.into_iter().map(Party::Stdio).collect();
    parties.push(Party::Command(&house.binary));
    write_and_find(&mut parties);
    assert!(!house.binary.data("server.json").exists(), "nobody serves");

    let words = ["key", "create", "ci", "--role", "user", "--json"];
    let created = house.binary.run(words).ok().json();
    house
        .binary
        .run(["key", "revoke", created["id"].as_str().unwrap()])
        .ok();
    let server = house.binary.serve();
    let refused = server.mcp(created["key"].as_str().unwrap(), "tools/list", json!({}));
    assert_eq!(refused.status, 401, "{refused:?}");
    assert!(refused.body.contains("key_revoked"), "{refused:?}");
    end_all(parties);
    assert_eq!(server.terminate(), Some(0));
    house.verify();
}
