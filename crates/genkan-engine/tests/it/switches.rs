//! Tools switched off at run time: unknown to everyone in the tenant, in lists and calls, and back.

use std::time::{Duration, Instant};

use genkan_core::{Change, Code, Operation, Outcome, Revision, subscription::Interest};
use genkan_testkit::{TestApp, TestDb};
use serde_json::json;

async fn listed(app: &TestApp, revision: Revision) -> bool {
    let mut call = app.call("", json!({}));
    call.operation = Operation::ListTools {
        cursor: None,
        revision,
    };
    let Outcome::List(page) = app.engine.call(call).await.unwrap() else {
        panic!("no list")
    };
    String::from_utf8(page.members.to_vec())
        .unwrap()
        .contains("\"test_echo\"")
}

async fn works(app: &TestApp) -> bool {
    match app
        .engine
        .call(app.call("test_echo", json!({ "text": "x" })))
        .await
    {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::UnknownTool);
            false
        }
    }
}

/// Waits for what must be so within a second.
async fn within_a_second(app: &TestApp, expected: bool) {
    let begun = Instant::now();
    while works(app).await != expected {
        assert!(
            begun.elapsed() < Duration::from_secs(1),
            "still not {expected}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_tool_is_switched_off_and_on_at_once_here_and_within_a_second_elsewhere() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let other_process = TestApp::start(&database).await;
        assert!(
            works(&app).await
                && works(&other_process).await
                && listed(&app, Revision::V2026_07_28).await
        );
        let off = app
            .admin("admin_tool_disable", json!({ "tool": "test_echo" }))
            .await;
        assert_eq!(off, json!({ "disabled": ["test_echo"] }));
        assert!(!works(&app).await && !listed(&app, Revision::V2026_07_28).await);
        within_a_second(&other_process, false).await;
        for revision in Revision::ALL {
            assert!(!listed(&app, revision).await, "{revision:?}");
        }
        app.admin("admin_tool_enable", json!({ "tool": "test_echo" }))
            .await;
        assert!(works(&app).await && listed(&app, Revision::V2026_07_28).await);
        within_a_second(&other_process, true).await;
        assert!(listed(&app, Revision::V2026_07_28).await);
    })
    .await;
}

#[tokio::test]
async fn tools_that_do_not_exist_or_are_needed_to_switch_back_are_refused() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    for (tool, code) in [
        ("test_nothing", "no_such_item"),
        ("admin_tool_enable", "protected"),
        ("", "no_such_item"),
    ] {
        let mut call = app.call("admin_tool_disable", json!({ "tool": tool }));
        call.profile = genkan_core::id::ProfileName::parse("admin").unwrap();
        let answer = format!("{:?}", app.engine.call(call).await.unwrap());
        assert!(answer.contains(code), "{tool}: {answer}");
    }
}

#[tokio::test]
async fn who_listens_is_told_that_the_tools_changed() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let mut call = app.call("", json!({}));
    call.operation = Operation::Subscribe(Interest {
        tools: true,
        ..Interest::default()
    });
    let Outcome::Subscribed(mut subscription) = app.engine.call(call).await.unwrap() else {
        panic!("no subscription")
    };
    app.admin("admin_tool_disable", json!({ "tool": "test_echo" }))
        .await;
    assert_eq!(subscription.next().await, [Change::Tools]);
}
