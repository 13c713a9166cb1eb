//! What `genkan doctor` says of tools that are slow, which no tool of the product is.

use genkan_testkit::binary::call;
use serde_json::json;

use crate::house::House;

#[cfg(unix)]
#[test]
fn a_slow_tool_is_named_with_what_to_look_at() {
    let house = House::sqlite();
    let server = house.binary.serve();
    let arguments = json!({ "steps": 1, "step_ms": 1_100 });
    let answer = server.mcp(
        &server.admin_key(),
        "tools/call",
        call("test_slow", arguments),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(server.terminate(), Some(0));
    let report = house.binary.run(["doctor", "--json"]).json();
    let findings = report["findings"].as_array().unwrap();
    let pace = findings
        .iter()
        .find(|finding| finding["check"] == "pace")
        .unwrap();
    assert_eq!(pace["state"], "note", "{pace}");
    assert!(
        pace["message"]
            .as_str()
            .unwrap()
            .starts_with("`test_slow` takes "),
        "{pace}"
    );
    assert!(
        pace["hint"].as_str().unwrap().contains("--tool test_slow"),
        "{pace}"
    );
}
