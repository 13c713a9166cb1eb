//! `genkan client …` on the files of six clients, with what people have in them.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::binary::{Binary, genkan};

/// The clients whose files are below `HOME` on Linux, with content as people have it.
const CLIENTS: &[(&str, &str, &str)] = &[
    (
        "claude-desktop",
        ".config/Claude/claude_desktop_config.json",
        "{\n  \"globalShortcut\": \"Ctrl+Space\",\n  \"mcpServers\": {\n    \"files\": { \"command\": \"npx\", \"args\": [\"-y\", \"files\"] }\n  }\n}\n",
    ),
    (
        "claude-code",
        ".claude.json",
        "{\"numStartups\": 41, \"projects\": {\"/w\": {\"mcpServers\": {}}}, \"tipsHistory\":{\"a\":1.0}}",
    ),
    (
        "cursor",
        ".cursor/mcp.json",
        "{\r\n\t\"mcpServers\": {\r\n\t\t\"db\": {\"url\": \"https://db.example/mcp\"}\r\n\t}\r\n}\r\n",
    ),
    (
        "vscode",
        ".config/Code/User/mcp.json",
        "{\n\t// servers of mine\n\t\"servers\": {\n\t\t\"playwright\": { \"command\": \"npx\", /* fast */ \"args\": [\"x\"], },\n\t},\n\t\"inputs\": [],\n}\n",
    ),
    (
        "zed",
        ".config/zed/settings.json",
        "// Zed settings\n//\n{\n  \"theme\": \"One Dark\", // dark\n  \"buffer_font_size\": 14,\n}\n",
    ),
    (
        "codex",
        ".codex/config.toml",
        "model = \"large\"   # the good one\n\n[mcp_servers.docs]\ncommand = 'docs'\nargs = [ \"-q\" ]\n\n[tui]\ntheme = \"x\"\n",
    ),
];

fn with_files() -> Binary {
    let binary = genkan();
    for (_, path, text) in CLIENTS {
        let path = binary.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    binary
}

fn file(binary: &Binary, client: &str) -> PathBuf {
    let row = CLIENTS.iter().find(|(name, ..)| *name == client).unwrap();
    binary.root().join(row.1)
}

fn text(binary: &Binary, client: &str) -> String {
    fs::read_to_string(file(binary, client)).unwrap()
}

fn states(binary: &Binary) -> Vec<(String, String)> {
    let list = binary.run(["client", "list", "--json"]).ok().json();
    let word = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let clients = list["clients"].as_array().unwrap();
    clients
        .iter()
        .map(|one| (word(one, "client"), word(one, "state")))
        .collect()
}

#[test]
fn six_files_are_as_they_were_after_install_and_remove() {
    let binary = with_files();
    for (client, _, before) in CLIENTS {
        let told = binary
            .run(["client", "install", client, "--json"])
            .ok()
            .json();
        let now = text(&binary, client);
        assert_ne!(now, *before, "{client}");
        for line in before.lines() {
            let kept = line.trim_end_matches(['}', ' ']);
            assert!(now.contains(kept), "{client} lost `{kept}`:\n{now}");
        }
        let backup = told["clients"][0]["backup"].as_str().unwrap();
        assert_eq!(fs::read_to_string(backup).unwrap(), *before, "{client}");
    }
    assert!(
        states(&binary)
            .iter()
            .all(|(_, state)| state == "installed")
    );
    for (client, _, before) in CLIENTS {
        binary.run(["client", "remove", client]).ok();
        assert_eq!(text(&binary, client), *before, "{client}");
    }
    assert!(
        states(&binary)
            .iter()
            .all(|(_, state)| state == "not installed")
    );
}

#[test]
fn what_changed_since_the_install_is_kept_by_the_removal() {
    let binary = with_files();
    binary.run(["client", "install"]).ok();
    for (client, ..) in CLIENTS {
        let now = text(&binary, client);
        let changed = match *client {
            "codex" => format!("{now}\n[later]\nadded = true\n"),
            _ => now.replacen('{', "{ \"added later\": true,", 1),
        };
        fs::write(file(&binary, client), changed).unwrap();
    }
    binary.run(["client", "remove"]).ok();
    for (client, ..) in CLIENTS {
        let now = text(&binary, client);
        assert!(now.contains("added"), "{client}:\n{now}");
        assert!(!now.contains("genkan"), "{client}:\n{now}");
    }
    assert!(
        states(&binary)
            .iter()
            .all(|(_, state)| state == "not installed")
    );
}

#[test]
fn the_entry_starts_a_server_on_the_same_data_folder() {
    let binary = with_files();
    binary
        .run([
            "client",
            "install",
            "claude-desktop",
            "--profile",
            "default",
        ])
        .ok();
    let settings: Value = serde_json::from_str(&text(&binary, "claude-desktop")).unwrap();
    let entry = &settings["mcpServers"]["genkan"];
    assert_eq!(entry["command"], env!("CARGO_BIN_EXE_genkan"));
    let folder = binary.data("").display().to_string();
    let folder = folder.trim_end_matches('/');
    assert_eq!(
        entry["args"],
        json!(["stdio", "--profile", "default", "--data-dir", folder])
    );
    let args = entry["args"].as_array().unwrap()[1..]
        .iter()
        .map(|word| word.as_str().unwrap());
    let mut dialogue = binary.stdio(&args.collect::<Vec<_>>());
    assert_eq!(
        dialogue.initialize()["result"]["serverInfo"]["name"],
        "genkan"
    );
}

#[test]
fn a_dry_run_shows_the_entry_and_writes_nothing() {
    let binary = with_files();
    let told = binary.run(["client", "install", "--dry-run"]).ok();
    assert!(
        told.out.contains("would write") && told.out.contains("stdio"),
        "{}",
        told.out
    );
    binary.run(["client", "remove", "--dry-run"]).ok();
    for (client, _, before) in CLIENTS {
        assert_eq!(text(&binary, client), *before, "{client}");
        let folder = file(&binary, client).parent().unwrap().to_owned();
        let others = fs::read_dir(folder).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().contains("genkan")
        });
        assert_eq!(others.count(), 0, "{client}");
    }
}

#[test]
fn an_absent_file_is_made_and_removed_again() {
    let binary = genkan();
    let folder = binary.root().join(".cursor");
    fs::create_dir(&folder).unwrap();
    binary.run(["client", "install"]).ok();
    assert!(text(&binary, "cursor").contains("genkan"));
    binary.run(["client", "install", "cursor"]).ok();
    binary.run(["client", "remove", "cursor"]).ok();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_left_alone() {
    let binary = with_files();
    let rows = [
        ("cursor", "{\n  \"a\": 1,,\n}", ":2: this is not JSON"),
        ("claude-desktop", "{\n  // hello\n}", ":2: this is not JSON"),
        (
            "vscode",
            "{\n  \"servers\": []\n}",
            ":2: `servers` is not an object",
        ),
        ("codex", "a = 1\nb = = 2\n", ":2: this is not TOML"),
        ("zed", "{\n  \"a\": 1", "this is not JSON"),
    ];
    for (client, broken, told) in rows {
        fs::write(file(&binary, client), broken).unwrap();
        for command in ["install", "remove"] {
            let ended = binary.run(["client", command, client]);
            assert_eq!(ended.code, Some(2), "{client}: {ended:?}");
            assert!(ended.err.contains(told), "{client}: {}", ended.err);
            let path = file(&binary, client).display().to_string();
            assert!(ended.err.contains(&path), "{client}: {}", ended.err);
        }
        assert_eq!(text(&binary, client), broken);
    }
    // The one that is well is set up all the same, and the command says that others were not.
    let ended = binary.run(["client", "install"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(text(&binary, "claude-code").contains("genkan"));
    let states = states(&binary);
    assert_eq!(
        states.iter().filter(|(_, state)| state == "broken").count(),
        5
    );
}

#[test]
fn over_http_the_key_is_named_by_a_variable_or_written_on_demand() {
    let binary = with_files();
    let url = "https://genkan.example.org/mcp";
    let install = |client: &str, more: &[&str]| {
        let words = ["client", "install", client, "--http", url];
        binary.run(words.iter().chain(more))
    };
    install("claude-code", &[]).ok();
    assert!(text(&binary, "claude-code").contains("Bearer ${MCP_GENKAN_KEY}"));
    install("vscode", &["--key-variable", "TEAM_KEY"]).ok();
    assert!(text(&binary, "vscode").contains("Bearer ${env:TEAM_KEY}"));
    install("codex", &[]).ok();
    assert!(text(&binary, "codex").contains("bearer_token_env_var = \"MCP_GENKAN_KEY\""));
    let desktop = install("claude-desktop", &[]);
    assert!(desktop.err.contains("takes no address"), "{desktop:?}");
    let zed = install("zed", &[]);
    assert!(zed.err.contains("--key-file"), "{zed:?}");

    let key = binary.root().join("key");
    fs::write(&key, "gk_abc_def\n").unwrap();
    let told = install("zed", &["--key-file", "key"]).ok();
    assert!(text(&binary, "zed").contains("Bearer gk_abc_def"));
    assert!(!format!("{told:?}").contains("gk_abc"), "{told:?}");
    let dry = install("codex", &["--key-file", "key", "--dry-run", "--json"]).ok();
    assert!(
        !dry.out.contains("gk_abc") && dry.out.contains("hidden"),
        "{}",
        dry.out
    );
    let list = binary.run(["client", "list", "--json"]).ok();
    assert!(!list.out.contains("gk_abc"), "{}", list.out);
    for wrong in ["no such file", "genkan"] {
        fs::write(binary.root().join("genkan"), "not a key").unwrap();
        let ended = install("zed", &["--key-file", wrong]);
        assert!(
            ended.code != Some(0) && !ended.err.contains("not a key\n"),
            "{ended:?}"
        );
    }
    assert_eq!(
        binary
            .run(["client", "install", "zed", "--http", "ftp://x"])
            .code,
        Some(2)
    );
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay_and_a_written_key_is_private() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let binary = with_files();
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (path, dotfile) = (file(&binary, "zed"), binary.root().join("dotfile"));
    fs::rename(&path, &dotfile).unwrap();
    fs::set_permissions(&dotfile, PermissionsExt::from_mode(0o640)).unwrap();
    symlink(&dotfile, &path).unwrap();
    binary.run(["client", "install", "zed"]).ok();
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert_eq!(mode(&dotfile), 0o640);
    assert_eq!(
        mode(&path.with_file_name("settings.json.before-genkan")),
        0o600
    );
    fs::write(binary.root().join("key"), "gk_abc_def").unwrap();
    let words = [
        "client",
        "install",
        "zed",
        "--http",
        "http://h/mcp",
        "--key-file",
        "key",
    ];
    binary.run(words).ok();
    assert_eq!(mode(&dotfile), 0o600);
}

#[test]
fn who_is_not_here_or_not_known_is_told() {
    let binary = genkan();
    let none = binary.run(["client", "install"]);
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("error[no_such_item]"), "{}", none.err);
    let absent = binary.run(["client", "install", "codex"]);
    assert!(absent.err.contains("Codex was not found"), "{}", absent.err);
    assert_eq!(fs::read_dir(binary.root()).unwrap().count(), 0);
    let unknown = binary.run(["client", "install", "emacs"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("claude-desktop"), "{}", unknown.err);
}
