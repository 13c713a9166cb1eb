//! `genkan stdio` in both eras, in a house of its own and through a server.

use serde_json::json;

use crate::binary::{Dialogue, call, entry, genkan, search};
use crate::reload::until;

fn modern(mut dialogue: Dialogue) {
    let discovered = dialogue.asks("server/discover", json!({}));
    assert!(
        discovered["result"]["supportedVersions"]
            .as_array()
            .is_some(),
        "{discovered}"
    );
    let list = dialogue.asks("tools/list", json!({}));
    assert!(
        list.to_string().contains("knowledge_write_knowledge"),
        "{list}"
    );
    let written = dialogue.asks(
        "tools/call",
        call("knowledge_write_knowledge", entry("high at noon")),
    );
    assert!(
        written["result"]["structuredContent"].is_object(),
        "{written}"
    );
    let found = dialogue.asks("tools/call", search());
    assert!(found.to_string().contains("high at noon"), "{found}");
    let unknown = dialogue.asks("tools/call", call("no_such_tool", json!({})));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    assert_eq!(dialogue.ends(), Some(0));
}

fn legacy(mut dialogue: Dialogue) {
    let answer = dialogue.initialize();
    assert_eq!(
        answer["result"]["protocolVersion"], "2025-11-25",
        "{answer}"
    );
    let list = dialogue.asks_in_session("tools/list", json!({}));
    assert!(
        list.to_string().contains("knowledge_write_knowledge"),
        "{list}"
    );
    let written = dialogue.asks_in_session(
        "tools/call",
        call("knowledge_write_knowledge", entry("low at dusk")),
    );
    assert!(
        written["result"]["structuredContent"].is_object(),
        "{written}"
    );
    assert_eq!(dialogue.ends(), Some(0));
}

#[test]
fn alone_it_speaks_both_eras() {
    let binary = genkan();
    modern(binary.stdio(&[]));
    legacy(binary.stdio(&[]));
}

#[test]
fn through_a_server_it_speaks_both_eras() {
    let binary = genkan();
    let server = binary.serve();
    modern(binary.stdio(&[]));
    legacy(binary.stdio(&[]));
    let found = server.mcp(&server.admin_key(), "tools/call", search());
    assert!(
        found.body.contains("high at noon") && found.body.contains("low at dusk"),
        "{found:?}"
    );
}

#[test]
fn a_profile_shows_its_own_tools() {
    let binary = genkan();
    for through_server in [false, true] {
        let _server = through_server.then(|| binary.serve());
        let mut dialogue = binary.stdio(&["--profile", "admin"]);
        let list = dialogue.asks("tools/list", json!({})).to_string();
        assert!(
            list.contains("admin_key_list") && !list.contains("knowledge_"),
            "{list}"
        );
        drop(dialogue);
        let ended = binary.run(["stdio", "--profile", "nowhere"]);
        assert_eq!(ended.code, Some(1));
        assert!(
            ended.err.contains("error[not_found]") && ended.err.contains("`nowhere`"),
            "{}",
            ended.err
        );
    }
}

#[test]
fn malformed_lines_are_answered_and_the_dialogue_goes_on() {
    let binary = genkan();
    for through_server in [false, true] {
        let _server = through_server.then(|| binary.serve());
        let mut dialogue = binary.stdio(&[]);
        dialogue.says(&json!("no request"));
        let refused = dialogue.hears();
        assert!(refused["error"]["code"].is_number(), "{refused}");
        assert!(dialogue.asks("tools/list", json!({}))["result"].is_object());
    }
}

#[test]
fn a_server_that_dies_does_not_end_the_session() {
    let binary = genkan();
    let mut server = binary.serve();
    let mut dialogue = binary.stdio(&[]);
    dialogue.initialize();
    assert!(dialogue.asks_in_session("tools/list", json!({}))["result"].is_object());
    server.kill();
    let written = dialogue.asks_in_session(
        "tools/call",
        call("knowledge_write_knowledge", entry("ebb at dawn")),
    );
    // A call that was sent into the dying connection is answered, too, and can be asked again.
    if written["error"].is_object() {
        assert_eq!(
            written["error"]["data"]["code"], "outcome_unknown",
            "{written}"
        );
        let again = dialogue.asks_in_session(
            "tools/call",
            call("knowledge_write_knowledge", entry("ebb at dawn")),
        );
        assert!(again["result"].is_object(), "{again}");
    }
    let found = dialogue.asks_in_session("tools/call", search());
    assert!(found.to_string().contains("ebb at dawn"), "{found}");
    assert_eq!(dialogue.ends(), Some(0));
}

#[test]
fn its_own_house_follows_the_settings_file() {
    let binary = genkan();
    let mut server = binary.serve();
    let edit = |text: &str| std::fs::write(binary.data("genkan.toml"), text).unwrap();
    // One goes through the server at first, and is alone later; another one always was.
    let (first, other) = (binary.stdio(&[]), genkan());
    server.kill();
    std::fs::create_dir(other.data("")).unwrap();
    let elsewhere = |text: &str| std::fs::write(other.data("genkan.toml"), text).unwrap();
    let edits: [&dyn Fn(&str); 2] = [&edit, &elsewhere];
    let dialogues = [first, other.stdio(&[])];
    for (mut dialogue, edit) in dialogues.into_iter().zip(edits) {
        let mut list = |wanted: &str| {
            until(wanted, || {
                let answer = dialogue.asks("tools/list", json!({})).to_string();
                answer.contains(wanted)
            });
        };
        list("knowledge_write_knowledge");
        edit("[limits]\ncalls_per_minute = 1\n");
        list("rate_limited");
        edit("");
        list("knowledge_write_knowledge");
        assert_eq!(dialogue.ends(), Some(0));
    }
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_hands_its_sessions_over() {
    let binary = genkan();
    let server = binary.serve();
    let mut dialogue = binary.stdio(&[]);
    assert!(dialogue.asks("tools/list", json!({}))["result"].is_object());
    assert_eq!(server.terminate(), Some(0));
    assert!(dialogue.asks("tools/list", json!({}))["result"].is_object());
    assert_eq!(dialogue.ends(), Some(0));
}
