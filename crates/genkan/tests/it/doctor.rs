//! `genkan doctor` on set-ups that are broken in one way each.

use std::{fs, net::TcpListener};

use serde_json::{Value, json};

use crate::binary::{Binary, call, genkan};

/// A data folder that was started once, on an address that nobody else takes.
fn started() -> Binary {
    let binary = genkan().variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
    binary.run(["key", "list"]).ok();
    binary
}

/// What the doctor says of one thing.
pub(crate) fn finding(binary: &Binary, words: &[&str], check: &str) -> Value {
    let words = ["doctor", "--json"].iter().chain(words);
    let ended = binary.run(words);
    let report = ended.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let of_check = findings.filter(|finding| finding["check"] == check);
    let worst = of_check.max_by_key(|finding| finding["state"] == "problem");
    let found = worst
        .unwrap_or_else(|| panic!("nothing on {check}: {report}"))
        .clone();
    let is_problem = found["state"] == "problem";
    assert!(!is_problem || ended.code == Some(1), "{ended:?}");
    found
}

/// A problem with this code, whose message and hint hold these words.
fn problem(binary: &Binary, words: &[&str], check: &str, code: &str, told: [&str; 2]) {
    let found = finding(binary, words, check);
    assert_eq!(found["state"], "problem", "{found}");
    assert_eq!(found["code"], code, "{found}");
    let text = |name: &str| found[name].as_str().unwrap().to_owned();
    assert!(text("message").contains(told[0]), "{found}");
    assert!(text("hint").contains(told[1]), "{found}");
    assert!(text("doc").ends_with(code), "{found}");
}

#[test]
fn a_house_that_is_well_is_told_so() {
    let binary = started();
    let ended = binary.run(["doctor"]).ok();
    assert!(ended.out.contains("Nothing is broken."), "{}", ended.out);
    for check in [
        "settings",
        "disk",
        "address",
        "master key",
        "store",
        "clock",
        "pace",
    ] {
        assert_eq!(finding(&binary, &[], check)["state"], "ok", "{check}");
    }
}

#[test]
fn an_empty_folder_is_left_empty() {
    let binary = genkan().variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
    binary.run(["doctor"]).ok();
    assert!(!binary.data("").exists());
    fs::create_dir(binary.data("")).unwrap();
    binary
        .run(["doctor", "--tool", "knowledge_get_namespaces"])
        .ok();
    for made in ["genkan.db", "master.key", "admin.key"] {
        assert!(!binary.data(made).exists(), "{made}");
    }
}

#[test]
fn a_wrong_settings_file_is_named_with_its_line() {
    let binary = started();
    fs::write(binary.data("genkan.toml"), "[server]\nbnid = 1\n").unwrap();
    let told = ["genkan.toml:2: `server.bnid`", "server.bind"];
    problem(&binary, &[], "settings", "config_invalid", told);
}

#[test]
fn an_open_address_without_tls_is_told() {
    let binary = genkan().variable("GENKAN_SERVER__BIND", "0.0.0.0:80");
    let told = ["without TLS", "--behind-proxy"];
    problem(&binary, &[], "settings", "config_invalid", told);
}

#[test]
fn a_secret_that_is_no_key_is_told_without_it() {
    let binary = genkan().variable("GENKAN_SECRETS__MASTER_KEY", "hush-hush");
    problem(
        &binary,
        &[],
        "settings",
        "config_invalid",
        ["32 bytes", "openssl"],
    );
    assert!(!binary.run(["doctor"]).out.contains("hush"));
}

#[test]
fn a_master_key_that_cannot_be_read_is_told() {
    let binary = started();
    fs::remove_file(binary.data("master.key")).unwrap();
    fs::create_dir(binary.data("master.key")).unwrap();
    let told = ["master.key` cannot be used", "--data-dir"];
    problem(&binary, &[], "master key", "data_dir_unusable", told);
}

#[test]
fn a_lost_master_key_is_told_and_not_replaced() {
    let binary = started();
    fs::remove_file(binary.data("master.key")).unwrap();
    let told = ["its master key is not", "backup"];
    problem(&binary, &[], "master key", "master_key_mismatch", told);
    assert!(!binary.data("master.key").exists());
}

#[test]
fn another_master_key_is_told() {
    let binary = started().variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    let told = ["belongs to master key", "with which this store was created"];
    problem(&binary, &[], "master key", "master_key_mismatch", told);
}

#[test]
fn an_address_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let binary = genkan().variable("GENKAN_SERVER__BIND", &address);
    problem(
        &binary,
        &[],
        "address",
        "address_in_use",
        [&address, "--bind"],
    );
}

#[test]
fn a_file_in_place_of_the_data_folder_is_told() {
    let binary = genkan();
    fs::write(binary.root().join("data"), "").unwrap();
    let told = ["cannot be used", "--data-dir"];
    problem(&binary, &[], "data folder", "data_dir_unusable", told);
    let below = binary.root().join("data").join("below");
    let words = ["--data-dir", below.to_str().unwrap()];
    problem(&binary, &words, "data folder", "data_dir_unusable", told);
}

#[test]
fn a_server_that_runs_already_is_named() {
    let binary = started();
    let server = binary.serve();
    let found = finding(&binary, &[], "server");
    assert_eq!(found["state"], "ok", "{found}");
    let message = found["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("process {}", server.child.id())),
        "{message}"
    );
    assert!(
        message.contains("a second one would be refused"),
        "{message}"
    );
}

#[test]
fn a_file_that_is_no_database_is_told() {
    let binary = started();
    for more in ["genkan.db-wal", "genkan.db-shm"] {
        let _ = fs::remove_file(binary.data(more));
    }
    fs::write(
        binary.data("genkan.db"),
        "not a database at all, but long enough. ".repeat(40),
    )
    .unwrap();
    let found = finding(&binary, &[], "store");
    assert_eq!(found["state"], "problem", "{found}");
    assert_eq!(found["code"], "store_corrupt", "{found}");
}

#[test]
fn a_database_that_does_not_answer_is_told() {
    let binary = genkan()
        .variable(
            "GENKAN_STORE__URL",
            "postgres://genkan:hush@127.0.0.1:1/genkan",
        )
        .variable("GENKAN_SERVER__BIND", "127.0.0.1:0")
        .variable("GENKAN_SECRETS__MASTER_KEY", &"0f".repeat(32));
    fs::create_dir(binary.data("")).unwrap();
    let told = ["database", "runs and is reachable"];
    problem(&binary, &[], "store", "store_unavailable", told);
    assert!(!binary.run(["doctor"]).out.contains("hush"));
}

#[test]
fn a_redis_that_does_not_answer_is_told() {
    let binary = started().variable("GENKAN_REDIS__URL", "redis://genkan:hush@127.0.0.1:1/0");
    let told = ["Redis does not answer", "Redis runs"];
    problem(&binary, &[], "redis", "redis_unavailable", told);
    assert!(!binary.run(["doctor"]).out.contains("hush"));
}

fn key(binary: &Binary, name: &str, more: &[&str]) -> Value {
    let words = ["key", "create", name, "--json", "--role"];
    binary.run(words.iter().chain(more)).ok().json()
}

#[test]
fn a_key_that_works_no_longer_is_told_by_name_or_id() {
    let binary = started();
    key(&binary, "old", &["user"]);
    binary.run(["key", "revoke", "old"]).ok();
    let asked = ["--key", "old", "--tool", "knowledge_get_namespaces"];
    problem(
        &binary,
        &asked,
        "access",
        "key_revoked",
        ["was revoked", "genkan key create"],
    );
    let brief = key(&binary, "brief", &["user", "--expires", "1s"]);
    let id = brief["id"].as_str().unwrap();
    let asked = ["--key", id, "--tool", "knowledge_get_namespaces"];
    let begun = std::time::Instant::now();
    while finding(&binary, &asked, "access")["state"] == "ok" {
        assert!(begun.elapsed().as_secs() < 60, "the key does not expire");
    }
    problem(
        &binary,
        &asked,
        "access",
        "key_expired",
        ["has expired", "genkan key create"],
    );
    let asked = ["--key", "nobody", "--tool", "knowledge_get_namespaces"];
    problem(
        &binary,
        &asked,
        "access",
        "no_such_item",
        ["`nobody`", "genkan key list"],
    );
}

#[test]
fn a_role_without_the_permission_is_told_and_agrees_with_the_server() {
    let binary = started();
    let made = key(&binary, "reader", &["viewer"]);
    let tool = "knowledge_create_namespace";
    let asked = ["--key", "reader", "--tool", tool];
    let told = [
        "role viewer, which lacks the permission `knowledge.write`",
        "user",
    ];
    problem(&binary, &asked, "access", "unknown_tool", told);
    let server = binary.serve();
    let arguments = json!({ "name": "team", "description": "ours" });
    let refused = server.mcp(
        made["key"].as_str().unwrap(),
        "tools/call",
        call(tool, arguments),
    );
    assert!(refused.body.contains("unknown_tool"), "{}", refused.body);
    let asked = ["--key", "reader", "--tool", "knowledge_get_namespaces"];
    let found = finding(&binary, &asked, "access");
    assert_eq!(
        found["message"],
        "key `reader` (viewer) may use `knowledge_get_namespaces`"
    );
}

#[test]
fn a_tool_that_is_off_elsewhere_or_misspelt_is_told() {
    let binary = started();
    let tool = "knowledge_delete_scope";
    let off = ["tools", "call", "--profile", "admin", "admin_tool_disable"];
    let name = format!("tool={tool}");
    binary.run(off.iter().copied().chain([name.as_str()])).ok();
    let told = ["switched `knowledge_delete_scope` off", "admin_tool_enable"];
    problem(&binary, &["--tool", tool], "access", "unknown_tool", told);
    let told = ["profile `default` does not show `admin_key_list`", "admin"];
    problem(
        &binary,
        &["--tool", "admin_key_list"],
        "access",
        "unknown_tool",
        told,
    );
    let told = ["no toolset has a tool", "`knowledge_get_namespaces`"];
    problem(
        &binary,
        &["--tool", "knowledge_get_namespace"],
        "access",
        "unknown_tool",
        told,
    );
    let asked = ["--tool", tool, "--profile", "nowhere"];
    problem(
        &binary,
        &asked,
        "access",
        "not_found",
        ["no profile `nowhere`", "default"],
    );
    assert_eq!(
        binary.run(["doctor", "--key", "x"]).code,
        Some(2),
        "a key without a tool"
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let binary = started();
    assert_eq!(finding(&binary, &[], "keys")["state"], "ok");
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(binary.data("master.key"), open).unwrap();
    let found = finding(&binary, &[], "keys");
    assert_eq!(found["state"], "note", "{found}");
    assert!(
        found["message"].as_str().unwrap().contains("master.key"),
        "{found}"
    );
    assert!(
        found["hint"].as_str().unwrap().contains("chmod 600"),
        "{found}"
    );
}

#[test]
fn a_bad_edit_under_a_running_server_is_told() {
    let binary = started();
    let _server = binary.serve();
    fs::write(binary.data("genkan.toml"), "[limits]\njson_depth = 101\n").unwrap();
    let told = ["genkan.toml:2: `limits.json_depth`", "from 1 to 100"];
    problem(&binary, &[], "settings", "config_invalid", told);
}

#[test]
fn a_store_of_a_newer_version_is_told() {
    let binary = started();
    // The version that a migration needs is text of one length, here and there.
    let (ours, theirs) = (b"0.1.0", b"9.9.9");
    let mut file = fs::read(binary.data("genkan.db")).unwrap();
    let places: Vec<_> = file
        .windows(ours.len())
        .enumerate()
        .filter(|(_, bytes)| bytes == ours)
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty());
    for place in places {
        file[place..place + theirs.len()].copy_from_slice(theirs);
    }
    fs::write(binary.data("genkan.db"), file).unwrap();
    let told = ["needs Genkan 9.9.9 or newer", "newer Genkan"];
    problem(&binary, &[], "store", "store_too_new", told);
}
