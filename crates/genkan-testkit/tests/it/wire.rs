//! The judge of the wire finds what is wrong, and nothing where all is right.

use genkan_testkit::wire::{Judge, REVISIONS, Speaker, are_there};
use serde_json::{Value, json};

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// A conversation in a session of this revision, up to where something is said.
fn session(revision: &str) -> Judge {
    let mut judge = Judge::default();
    judge.hear(
        Speaker::Client,
        &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {} }),
    );
    let result = json!({ "protocolVersion": revision, "capabilities": {},
        "serverInfo": { "name": "genkan", "version": "1" } });
    judge.hear(Speaker::Server, &answer(0, result));
    judge.acquit();
    judge
}

fn answer(id: u64, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn ask(judge: &mut Judge, id: u64, method: &str, meta: Value) {
    let params = json!({ "_meta": meta });
    let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    judge.hear(Speaker::Client, &request);
}

fn meta() -> Value {
    json!({ VERSION: "2026-07-28", "progressToken": "t" })
}

fn progress(token: &str, progress: f64) -> Value {
    let params = json!({ "progressToken": token, "progress": progress });
    json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
}

#[test]
fn a_wrong_message_is_found_in_each_revision() {
    if !are_there() {
        return;
    }
    for revision in REVISIONS {
        let modern = revision == "2026-07-28";
        let wrong = [
            answer(1, json!({ "tools": "none" })),
            answer(1, json!({})),
            answer(2, json!({ "tools": [] })),
            json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": "x", "message": "y" } }),
            json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32600 } }),
            json!({ "jsonrpc": "1.0", "id": 1, "result": { "tools": [] } }),
            json!({ "jsonrpc": "2.0", "method": "notifications/nonsense" }),
            json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": {} }),
            json!({ "jsonrpc": "2.0", "id": "q", "method": "tools/list" }),
            progress("nobody's", 1.0),
            json!({ "jsonrpc": "2.0", "method": "notifications/progress",
                "params": { "progressToken": "t", "progress": "half" } }),
        ];
        for message in wrong {
            let mut judge = match modern {
                true => Judge::default(),
                false => session(revision),
            };
            let meta = if modern {
                meta()
            } else {
                json!({ "progressToken": "t" })
            };
            ask(&mut judge, 1, "tools/list", meta);
            judge.hear(Speaker::Server, &message);
            assert_eq!(judge.faults().len(), 1, "{revision}: {message}");
        }
    }
}

#[test]
fn what_only_the_newest_revision_has_is_found() {
    if !are_there() {
        return;
    }
    let list =
        json!({ "tools": [], "ttlMs": 1, "cacheScope": "private", "resultType": "complete" });
    let without = |member: &str| {
        let mut list = list.clone();
        list.as_object_mut().unwrap().remove(member);
        answer(1, list)
    };
    let mut asks = list.clone();
    asks["resultType"] = json!("input_required");
    let mismatch = json!({ "code": -32022, "message": "no", "data": {} });
    let table = [
        (answer(1, list.clone()), 0),
        (without("resultType"), 1),
        (without("ttlMs"), 1),
        (without("cacheScope"), 1),
        (answer(1, asks), 1),
        (json!({ "jsonrpc": "2.0", "id": 1, "error": mismatch }), 1),
        (
            json!({ "jsonrpc": "2.0", "id": "q", "method": "elicitation/create" }),
            1,
        ),
    ];
    for (message, faults) in table {
        let mut judge = Judge::default();
        ask(&mut judge, 1, "tools/list", meta());
        judge.hear(Speaker::Server, &message);
        assert_eq!(
            judge.faults().len(),
            faults,
            "{message}: {:?}",
            judge.faults()
        );
        assert_eq!(judge.judged(), 1);
    }
}

#[test]
fn progress_after_the_answer_or_backwards_is_found() {
    if !are_there() {
        return;
    }
    let mut judge = session("2025-11-25");
    ask(&mut judge, 1, "ping", json!({ "progressToken": "t" }));
    judge.hear(Speaker::Server, &progress("t", 1.0));
    judge.hear(Speaker::Server, &progress("t", 2.0));
    judge.acquit();
    judge.hear(Speaker::Server, &progress("t", 2.0));
    assert_eq!(judge.faults().len(), 1, "it does not increase");
    judge.hear(Speaker::Server, &answer(1, json!({})));
    assert_eq!(judge.faults().len(), 1);
    judge.hear(Speaker::Server, &progress("t", 3.0));
    assert_eq!(judge.faults().len(), 2, "it comes after the answer");
    judge.hear(Speaker::Server, &answer(1, json!({})));
    assert_eq!(judge.faults().len(), 3, "nobody waits for it any longer");
}
