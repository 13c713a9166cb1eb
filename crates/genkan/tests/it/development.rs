//! What only an installation for development does.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Stdio},
};

use serde_json::{Value, json};

use crate::binary::{Binary, call, genkan, http, modern};

/// A server whose log whoever starts it reads, or not, and its address.
pub(crate) fn logged(binary: &Binary) -> (Child, String) {
    let mut child = binary
        .command(["serve", "--bind", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut told)
        .unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    (child, told["address"].as_str().unwrap().to_owned())
}

/// Everything that was logged of one call with a secret among its arguments.
fn log_of_a_call(environment: &str) -> String {
    let binary = genkan().variable("ENVIRONMENT", environment);
    let (mut child, address) = logged(&binary);
    let key = fs::read_to_string(binary.data("admin.key")).unwrap();
    let arguments = json!({ "password": "hush", "sea": "north" });
    let message = modern(1, "tools/call", call("knowledge_get_namespaces", arguments));
    http::mcp(&address, "/mcp", key.trim(), &message);
    let message = modern(1, "tools/call", call("knowledge_get_namespaces", json!({})));
    http::mcp(&address, "/mcp", key.trim(), &message);
    let end = format!("kill -s TERM {}", child.id());
    std::process::Command::new("sh")
        .args(["-c", &end])
        .status()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let text: Vec<String> = lines.map(Result::unwrap).collect();
    child.wait().unwrap();
    let text = text.join("\n");
    assert!(
        !text.contains("hush") && !text.contains(key.trim()),
        "{text}"
    );
    text
}

#[test]
fn development_logs_calls_with_secrets_masked_and_nothing_else_does() {
    let text = log_of_a_call("development");
    assert!(
        text.contains("tools/call knowledge_get_namespaces"),
        "{text}"
    );
    assert!(text.contains("north") && text.contains("***"), "{text}");
    assert!(text.contains("namespaces"), "the answer too: {text}");
    let text = log_of_a_call("production");
    assert!(!text.contains("tools/call"), "{text}");
}

#[test]
fn a_profile_is_recorded_by_the_platform_in_development_alone() {
    let binary = genkan().variable("ENVIRONMENT", "development");
    let alone = binary.run(["dev", "profile"]);
    assert!(
        alone.err.contains("error[server_unreachable]"),
        "{}",
        alone.err
    );
    let server = binary.serve();
    let tools = binary.root().join("tools");
    fs::create_dir(&tools).unwrap();
    let perf = tools.join("perf");
    fs::write(&perf, "#!/bin/sh\necho \"$@\" > perf.words\n").unwrap();
    fs::set_permissions(&perf, fs::Permissions::from_mode(0o755)).unwrap();
    let with = |path: &str| binary.clone().variable("PATH", path);
    let found = with(tools.to_str().unwrap());
    found
        .run(["dev", "profile", "--seconds", "3", "--output", "x.data"])
        .ok();
    let words = fs::read_to_string(binary.root().join("perf.words")).unwrap();
    let pid = format!("-p {} -o x.data -- sleep 3", server.child.id());
    assert!(words.contains(&pid), "{words}");
    let none = with("/nowhere").run(["dev", "profile"]);
    assert!(none.err.contains("error[tool_failed]"), "{}", none.err);
    let refused = binary
        .clone()
        .variable("ENVIRONMENT", "production")
        .run(["dev", "profile"]);
    assert_eq!(refused.code, Some(2), "{}", refused.err);
}
