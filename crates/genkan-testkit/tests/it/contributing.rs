//! CONTRIBUTING.md shows how a tool is added: one file and one line. Both are real.

use genkan_testkit::{TestApp, TestDb};
use serde_json::json;

const GUIDE: &str = include_str!("../../../../CONTRIBUTING.md");
const TOOL: &str = include_str!("../../src/toolset/greet.rs");
const LIST: &str = include_str!("../../src/toolset/mod.rs");

/// The fenced blocks of Rust, in order.
fn blocks() -> Vec<&'static str> {
    let blocks = GUIDE.split("```rust\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_guide_shows_the_file_and_the_line_as_they_are() {
    let blocks = blocks();
    assert_eq!(
        blocks[0], TOOL,
        "the file in CONTRIBUTING.md is the file in the testkit"
    );
    assert_eq!(
        LIST.matches(blocks[1].trim()).count(),
        1,
        "the line in CONTRIBUTING.md is the line in the list"
    );
}

#[tokio::test]
async fn a_tool_added_that_way_is_listed_validated_called_and_recorded() {
    let database = TestDb::sqlite();
    let app = TestApp::start(&database).await;
    let client = app.client();
    let list = client.request("/mcp", "tools/list", json!({})).await;
    let tools = list.body["result"]["tools"].as_array().unwrap();
    let listed = tools
        .iter()
        .find(|tool| tool["name"] == "test_greet")
        .unwrap();
    assert_eq!(listed["annotations"]["readOnlyHint"], true);
    assert_eq!(listed["inputSchema"]["required"], json!(["name"]));

    let answer = client.call("test_greet", json!({ "name": "Ada" })).await;
    assert_eq!(answer.structured(), &json!({ "greeting": "Welcome, Ada." }));
    let refused = client.call("test_greet", json!({ "name": "" })).await;
    assert_eq!(refused.code().as_deref(), Some("invalid_arguments"));

    app.store.records().flush().await.unwrap();
    let report = app
        .admin(
            "admin_audit_report",
            json!({ "tool": "test_greet", "order": "oldest" }),
        )
        .await;
    let ends: Vec<_> = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["disposition"])
        .collect();
    assert_eq!(ends, ["ok", "refused"]);
}
