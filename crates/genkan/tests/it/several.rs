//! Several processes on one folder. What they see of each other's writes is a test of the testkit.

use serde_json::json;

use crate::binary::{call, genkan};

#[test]
fn first_starts_at_once_agree_on_one_house() {
    let binary = genkan();
    let mut clients: Vec<_> = (0..4)
        .map(|_| binary.stdio(&["--profile", "admin"]))
        .collect();
    for client in &mut clients {
        let keys = client.asks("tools/call", call("admin_key_list", json!({})));
        assert_eq!(
            keys["result"]["structuredContent"]["keys"]
                .as_array()
                .map(Vec::len),
            Some(1),
            "{keys}"
        );
    }
    assert!(binary.data("admin.key").exists() && binary.data("master.key").exists());
}

#[test]
fn the_command_line_lists_and_calls_tools() {
    let binary = genkan();
    let list = binary.run(["tools", "list"]).ok();
    assert!(
        list.out.contains("knowledge_get_namespaces"),
        "{}",
        list.out
    );
    let created = binary.run([
        "tools",
        "call",
        "knowledge_create_namespace",
        "name=tides",
        "description=42 and more",
        "--json",
    ]);
    created.ok();
    let namespaces = binary
        .run(["tools", "call", "knowledge_get_namespaces", "--json"])
        .ok()
        .json();
    assert!(
        namespaces.to_string().contains("42 and more"),
        "{namespaces}"
    );
    let refused = binary.run([
        "tools",
        "call",
        "knowledge_create_namespace",
        "name=tides",
        "description=again",
    ]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("error[already_exists]"),
        "{}",
        refused.err
    );
    let unknown = binary.run(["tools", "call", "no_such_tool"]);
    assert!(
        unknown.err.contains("error[unknown_tool]"),
        "{}",
        unknown.err
    );
}

/// A socket's path is limited to about a hundred bytes; the folder's is not.
#[cfg(unix)]
#[test]
fn a_folder_with_a_long_path_has_its_socket_elsewhere() {
    let binary = genkan();
    let folder = binary.root().join("long".repeat(40));
    let binary = binary.variable("GENKAN_DATA_DIR", folder.to_str().unwrap());
    let server = binary.serve();
    let notice = std::fs::read_to_string(folder.join("server.json")).unwrap();
    let notice: serde_json::Value = serde_json::from_str(&notice).unwrap();
    let socket = std::path::PathBuf::from(notice["socket"].as_str().unwrap());
    assert!(socket.exists() && !socket.starts_with(&folder), "{notice}");
    let mut client = binary.stdio(&[]);
    assert!(client.asks("tools/list", json!({}))["result"].is_object());
    drop(client);
    assert_eq!(server.terminate(), Some(0));
    assert!(!socket.exists());
}
