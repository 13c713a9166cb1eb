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

/// A service has its settings from where a shell does not look.
#[test]
fn a_command_that_would_open_another_store_than_the_server_is_refused() {
    let binary = genkan().variable("GENKAN_SERVER__BIND", "127.0.0.1:0");
    let url = format!("sqlite:{}", binary.root().join("elsewhere.db").display());
    let service = binary.clone().variable("GENKAN_STORE__URL", &url);
    let mut server = service.serve();
    for words in [&["backup", "copy.db"][..], &["migrate"]] {
        let refused = binary.run(words);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        for told in [
            "error[config_invalid]",
            &format!("(process {})", server.child.id()),
            "elsewhere.db",
            "data/genkan.db",
            "docs/service.md",
        ] {
            assert!(refused.err.contains(told), "{told}: {refused:?}");
        }
    }
    let doctor = binary.run(["doctor"]);
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.out.contains("elsewhere.db"), "{}", doctor.out);
    let tried = binary.run(["test-connection"]);
    assert!(tried.err.contains("elsewhere.db"), "{}", tried.err);
    assert!(!binary.data("genkan.db").exists() && !binary.root().join("copy.db").exists());

    service.run(["doctor"]).ok();
    service.run(["backup", "copy.db"]).ok();
    // One that was killed serves nothing, whatever it left behind.
    server.kill();
    assert!(binary.data("server.json").exists());
    binary.run(["migrate"]).ok();
    binary.serve();
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
