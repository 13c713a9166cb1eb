//! `genkan key …`, with and without a live server.

use serde_json::json;

use crate::binary::genkan;

#[test]
fn a_key_made_without_a_server_works_on_the_next_one() {
    let binary = genkan();
    let created = binary
        .run([
            "key",
            "create",
            "laptop",
            "--role",
            "viewer",
            "--expires",
            "90d",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(
        (&created["name"], &created["role"]),
        (&json!("laptop"), &json!("viewer"))
    );
    assert!(
        created["expires_at"].is_number() || created["expires_at"].is_string(),
        "{created}"
    );
    let server = binary.serve();
    assert_eq!(
        server
            .mcp(created["key"].as_str().unwrap(), "tools/list", json!({}))
            .status,
        200
    );
}

#[test]
fn only_the_key_is_printed_and_only_once() {
    let binary = genkan();
    let created = binary
        .run(["key", "create", "script", "--role", "user"])
        .ok();
    let key = created.out.trim();
    assert!(
        key.starts_with("gk_") && !key.contains(char::is_whitespace),
        "{created:?}"
    );
    let list = binary.run(["key", "list"]).ok();
    assert!(
        list.out.contains("script") && list.out.contains("user"),
        "{}",
        list.out
    );
    assert!(!list.out.contains(key));
    assert!(!binary.run(["key", "list", "--json"]).ok().out.contains(key));
}

#[test]
fn a_revoked_key_fails_at_once_in_the_process_that_revokes_it() {
    let binary = genkan();
    let server = binary.serve();
    let created = binary
        .run(["key", "create", "ci", "--role", "user", "--json"])
        .ok()
        .json();
    let (id, key) = (
        created["id"].as_str().unwrap(),
        created["key"].as_str().unwrap(),
    );
    assert_eq!(server.mcp(key, "tools/list", json!({})).status, 200);
    binary.run(["key", "revoke", id]).ok();
    assert_eq!(server.mcp(key, "tools/list", json!({})).status, 401);
    let list = binary.run(["key", "list"]).ok();
    let line = list.out.lines().find(|line| line.contains(id)).unwrap();
    assert!(line.contains("revoked"), "{line}");
}

#[test]
fn a_rotated_key_has_a_successor() {
    let binary = genkan();
    let server = binary.serve();
    let created = binary
        .run(["key", "create", "ci", "--role", "user", "--json"])
        .ok()
        .json();
    let rotated = binary
        .run(["key", "rotate", created["id"].as_str().unwrap(), "--json"])
        .ok()
        .json();
    assert_ne!(rotated["key"], created["key"]);
    assert_eq!(rotated["name"], "ci");
    assert_eq!(
        server
            .mcp(rotated["key"].as_str().unwrap(), "tools/list", json!({}))
            .status,
        200
    );
}

#[test]
fn a_key_may_be_called_by_its_name() {
    let binary = genkan();
    let create = || {
        let words = ["key", "create", "laptop", "--role", "user", "--json"];
        binary.run(words).ok().json()
    };
    let first = create();
    let ended = binary.run(["key", "revoke", "laptop"]).ok();
    assert!(
        ended.out.contains(first["id"].as_str().unwrap()),
        "{ended:?}"
    );
    // A name is free again when its key is revoked: then it means the new one.
    let second = create();
    let rotated = binary.run(["key", "rotate", "laptop", "--json"]).ok();
    let third = rotated.json();
    let list = binary.run(["key", "list", "--json"]).ok().json();
    let replaced = list["keys"].as_array().unwrap().iter();
    let replaced: Vec<_> = replaced
        .filter(|key| key["replaced_by"] == third["id"])
        .map(|key| &key["id"])
        .collect();
    assert_eq!(replaced, [&second["id"]], "{list}");
    binary.run(["key", "revoke", "laptop"]).ok();
    let nobody = binary.run(["key", "revoke", "laptop"]);
    assert!(nobody.err.contains("error[no_such_item]"), "{nobody:?}");
}

#[test]
fn what_cannot_be_done_is_told_with_code_and_hint() {
    let binary = genkan();
    let ended = binary.run(["key", "revoke", "nobody"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains("error[no_such_item]") && ended.err.contains("nobody"),
        "{}",
        ended.err
    );
    assert!(ended.err.contains("hint: "), "{}", ended.err);
    binary.run(["key", "create", "twin", "--role", "user"]).ok();
    let json = binary.run(["--json", "key", "create", "twin", "--role", "user"]);
    assert_eq!(json.code, Some(1));
    let error: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(error["error"]["code"], "already_exists", "{error}");
}
