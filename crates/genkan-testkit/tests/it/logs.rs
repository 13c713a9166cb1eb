//! The log of what goes wrong within a call.

use genkan_testkit::binary::{call, http, modern};
use serde_json::json;

use crate::house::House;

#[test]
fn a_panic_is_a_line_of_the_json_log_that_names_its_request() {
    let house = House::sqlite().with("GENKAN_LOG__FORMAT", "json");
    let server = house.binary.serve_logging();
    let message = modern(
        1,
        "tools/call",
        call("test_fail", json!({ "how": "panic" })),
    );
    let (address, key) = (server.address(), server.admin_key());
    let named = "X-Correlation-ID: panics-7";
    let answer = http::mcp_with(address, "/mcp", &key, &message, named);
    assert!(answer.body.contains("\"internal\""), "{answer:?}");
    assert_eq!(server.terminate(), Some(0));
    let lines = house.binary.log_lines();
    for what in ["a panic: ", "a call failed by a fault of the house"] {
        let said = |line: &&serde_json::Value| line["message"].to_string().contains(what);
        let line = lines.iter().find(said);
        let line = line.unwrap_or_else(|| panic!("{what}: {lines:?}"));
        assert_eq!(line["correlation_id"], "panics-7", "{line}");
        assert_eq!(line["level"], "ERROR", "{line}");
    }
}
