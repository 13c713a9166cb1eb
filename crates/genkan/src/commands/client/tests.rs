//! Where each client keeps its file on each system.

use std::{collections::HashMap, ffi::OsString, path::Path};

use super::*;

fn place(client: &str, system: System, variables: &[(&str, &str)]) -> String {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    let variable = |name: &str| variables.get(name).map(OsString::from);
    let user = UserFolders::find(system, variable).unwrap();
    let file = Client::named(client).unwrap().file(&user, &variable);
    // On a system with other separators the parts are the same.
    let parts: Vec<_> = Path::new(&file)
        .iter()
        .map(|part| part.to_string_lossy())
        .collect();
    parts.join("/").replace("//", "/")
}

#[test]
fn every_client_keeps_its_file_where_its_system_wants_it() {
    let home = &[("HOME", "/h"), ("USERPROFILE", "/h"), ("APPDATA", "/r")][..];
    let rows = [
        (
            "claude-desktop",
            System::Linux,
            "/h/.config/Claude/claude_desktop_config.json",
        ),
        (
            "claude-desktop",
            System::MacOs,
            "/h/Library/Application Support/Claude/claude_desktop_config.json",
        ),
        (
            "claude-desktop",
            System::Windows,
            "/r/Claude/claude_desktop_config.json",
        ),
        ("claude-code", System::Linux, "/h/.claude.json"),
        ("claude-code", System::Windows, "/h/.claude.json"),
        ("cursor", System::MacOs, "/h/.cursor/mcp.json"),
        ("vscode", System::Linux, "/h/.config/Code/User/mcp.json"),
        (
            "vscode",
            System::MacOs,
            "/h/Library/Application Support/Code/User/mcp.json",
        ),
        ("vscode", System::Windows, "/r/Code/User/mcp.json"),
        ("zed", System::Linux, "/h/.config/zed/settings.json"),
        ("zed", System::MacOs, "/h/.config/zed/settings.json"),
        ("zed", System::Windows, "/r/Zed/settings.json"),
        ("codex", System::Linux, "/h/.codex/config.toml"),
        ("codex", System::Windows, "/h/.codex/config.toml"),
    ];
    for (client, system, path) in rows {
        assert_eq!(place(client, system, home), path, "{client} on {system:?}");
    }
}

#[test]
fn variables_of_the_clients_move_their_files() {
    let rows = [
        ("codex", ("CODEX_HOME", "/c"), "/c/config.toml"),
        (
            "claude-code",
            ("CLAUDE_CONFIG_DIR", "/c"),
            "/c/.claude.json",
        ),
        ("zed", ("XDG_CONFIG_HOME", "/x"), "/x/zed/settings.json"),
    ];
    for (client, variable, path) in rows {
        let variables = [("HOME", "/h"), variable];
        assert_eq!(place(client, System::Linux, &variables), path);
    }
}

#[test]
fn a_user_without_a_home_has_no_clients() {
    let nothing = |_: &str| None;
    for system in [System::Linux, System::MacOs, System::Windows] {
        assert!(UserFolders::find(system, nothing).is_none());
    }
}

#[test]
fn a_key_in_an_entry_is_hidden() {
    let entry = json!({ "headers": { "Authorization": "Bearer gk_a_b" }, "url": "u" });
    let told = shown(&entry).to_string();
    assert!(!told.contains("gk_") && told.contains("\"u\""), "{told}");
}
