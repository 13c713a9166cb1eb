//! A task of the background panics: nobody knows what it has left undone, so the process ends, in good
//! order, and says why.

use genkan_testkit::binary::{call, entry};
use serde_json::json;

use crate::house::House;

#[cfg(unix)]
#[test]
fn a_task_that_panics_ends_the_process_with_a_report_and_nothing_is_lost() {
    let house = House::sqlite();
    let mut server = house.binary.serve_logging();
    let key = server.admin_key();
    let calls = [
        call("knowledge_write_knowledge", entry("before the fall")),
        call("test_fail", json!({ "how": "background" })),
    ];
    for params in calls {
        let answer = server.mcp(&key, "tools/call", params);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(1));
    let log = std::fs::read_to_string(house.binary.root().join("log")).unwrap();
    for said in [
        "a task of the background was told to panic",
        "task `addition` panicked; the process will end",
        "a door failed; the server ends",
    ] {
        assert!(log.contains(said), "`{said}` is not in:\n{log}");
    }
    house.verify();
    let search = json!({ "queries": ["fall"], "scope": "global:default" });
    let again = house.binary.serve();
    let found = again.mcp(
        &key,
        "tools/call",
        call("knowledge_get_task_context", search),
    );
    assert!(found.body.contains("before the fall"), "{found:?}");
    assert_eq!(again.terminate(), Some(0));
}
