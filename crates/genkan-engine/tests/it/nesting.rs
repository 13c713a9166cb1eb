//! A tool that calls tools: the same principal, every stage again, one record each.

use genkan_core::Code;
use genkan_testkit::{TestApp, TestDb, structured};
use serde_json::json;

#[tokio::test]
async fn a_nested_call_passes_every_stage_as_the_same_principal() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let answer = structured(
        app.engine
            .call(app.call(
                "test_relay",
                json!({ "tool": "test_echo", "arguments": { "text": "deep" } }),
            ))
            .await,
    );
    assert_eq!(answer["answer"], json!({ "text": "deep" }));
    app.store.records().flush().await.unwrap();
    let report = app
        .admin(
            "admin_audit_report",
            json!({ "limit": 100, "order": "oldest" }),
        )
        .await;
    let seen: Vec<_> = report["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| {
            record["operation"] == "tools/call"
                && record["subject"].as_str().unwrap().starts_with("test_")
        })
        .map(|record| {
            (
                record["subject"].clone(),
                record["door"].clone(),
                record["principal"].clone(),
            )
        })
        .collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!(seen[0].2, seen[1].2);
}

#[tokio::test]
async fn tools_that_call_each_other_without_end_are_stopped() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let mut arguments = json!({ "tool": "test_echo", "arguments": { "text": "x" } });
    for _ in 0..12 {
        arguments = json!({ "tool": "test_relay", "arguments": arguments });
    }
    let outcome = app
        .engine
        .call(app.call("test_relay", arguments))
        .await
        .unwrap();
    assert!(
        format!("{outcome:?}").contains(Code::InvalidRequest.as_str()),
        "{outcome:?}"
    );
}
