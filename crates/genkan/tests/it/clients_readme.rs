//! What README.md tells people to put into Claude, and into the environment of a team's server.

use std::{fs, io::Write, path::Path, process::Stdio};

use genkan_testkit::binary::{http, modern};
use serde_json::{Value, json};

use crate::{binary::genkan, readme::blocks, tour_terminal::Terminal};

/// What Claude Desktop does with its file: it starts the command and speaks to it.
#[test]
fn the_snippet_for_claude_desktop_starts_a_server_that_answers() {
    let snippet: Value = serde_json::from_str(&blocks("Your own clients", "json")[0]).unwrap();
    let server = &snippet["mcpServers"]["genkan"];
    assert_eq!(server["command"], "/path/to/genkan");
    assert!(server["env"].is_null(), "no variable is needed");
    let words = server["args"].as_array().unwrap();
    let binary = genkan();
    let mut child = binary
        .command(words.iter().map(|word| word.as_str().unwrap()))
        .env_remove("GENKAN_DATA_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let client = json!({ "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "claude-ai", "version": "0.1.0" } });
    for message in [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": client }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} }),
    ] {
        writeln!(input, "{message}").unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        answers[0]["result"]["serverInfo"]["name"], "genkan",
        "{lines}"
    );
    let tools = answers[1]["result"]["tools"].as_array().unwrap();
    assert!(tools.len() >= 12, "{lines}");
    assert_eq!(output.status.code(), Some(0));
    // The folder is where the text below the snippet says.
    if cfg!(target_os = "linux") {
        assert!(binary.root().join(".local/share/genkan/genkan.db").exists());
    }
}

/// What Claude Code is given; `claude` itself only shows its arguments here.
#[cfg(target_os = "linux")]
#[test]
fn the_line_for_claude_code_has_the_address_and_a_key_that_works() {
    let binary = genkan();
    let folder = binary.root().join(".local/share/genkan");
    let server = binary.serve_on("127.0.0.1:0", &["--data-dir", folder.to_str().unwrap()]);
    let line = blocks("Your own clients", "sh")[0].replace("claude ", "printf '%s\\n' ");
    let mut terminal = terminal(binary.root());
    let printed = terminal.run(line.trim());
    let words: Vec<&str> = printed.ok().lines().collect();
    let url = "http://127.0.0.1:8137/mcp";
    assert_eq!(
        words[..6],
        ["mcp", "add", "--transport", "http", "genkan", url]
    );
    let key = words[7].strip_prefix("Authorization: Bearer ").unwrap();
    let message = modern(1, "tools/list", json!({}));
    let answer = http::mcp(server.address(), "/mcp", key, &message);
    assert_eq!(
        (words[6], answer.status),
        ("--header", 200),
        "{}",
        answer.body
    );
}

#[test]
fn the_environment_for_a_team_is_valid() {
    let binary = genkan();
    let block = &blocks("For a team", "sh")[0];
    let (settings, commands): (Vec<&str>, Vec<&str>) =
        block.lines().partition(|line| line.starts_with("export "));
    assert_eq!(
        commands,
        ["genkan validate-config", "genkan migrate", "genkan serve"]
    );
    let mut terminal = terminal(binary.root());
    for line in settings {
        terminal.run(line).ok();
    }
    let valid = terminal.run(commands[0]);
    assert!(valid.ok().contains("The settings are valid."), "{valid:?}");
    let lacking = terminal.run("unset GENKAN_SERVER__PUBLIC_URL; genkan validate-config");
    assert!(
        lacking.code == 2 && lacking.text.contains("public_url"),
        "{lacking:?}"
    );
}

/// A terminal at home in the folder, with the built binary on its path.
fn terminal(folder: &Path) -> Terminal {
    let binaries = Path::new(env!("CARGO_BIN_EXE_genkan")).parent().unwrap();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let home = fs::canonicalize(folder).unwrap().display().to_string();
    Terminal::open(folder, &[("PATH", path), ("HOME", home)])
}
