//! What each stage refuses, with which code, and who is told.

use std::{collections::BTreeSet, time::Duration};

use genkan_core::{
    Code, Operation, Outcome, Revision, Role, Secret, call::Credential, id::ProfileName,
};
use genkan_engine::Limits;
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Value, json};

fn failure(outcome: Outcome) -> String {
    match outcome {
        Outcome::Tool(output) if output.is_error => format!("{:?}", output.content),
        other => panic!("no failure: {other:?}"),
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_and_summed_up() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let well_formed = app.key(Role::Viewer).await;
        let mut wrong = well_formed.expose().clone();
        wrong.replace_range(25..26, if &wrong[25..26] == "0" { "1" } else { "0" });
        for _ in 0..3 {
            for credential in [
                Credential::None,
                Credential::ApiKey(Secret::new(String::new())),
                Credential::ApiKey(Secret::new("gk_x_y".to_owned())),
                Credential::ApiKey(Secret::new(wrong.clone())),
            ] {
                let mut call = app.call("test_echo", json!({ "text": "x" }));
                call.credential = credential;
                assert_eq!(
                    app.engine.call(call).await.unwrap_err().code(),
                    Code::Unauthenticated
                );
            }
        }
        app.store.records().flush().await.unwrap();
        let mut tx = app
            .store
            .read(&genkan_core::id::TenantId::system())
            .await
            .unwrap();
        let page = tx
            .record_list(&Default::default(), Default::default(), None, 100)
            .await
            .unwrap();
        assert_eq!(
            page.entries.len(),
            1,
            "twelve failures of one source within a minute are one row so far"
        );
    })
    .await;
}

#[tokio::test]
async fn a_forbidden_tool_looks_like_an_unknown_one() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let viewer = Credential::ApiKey(app.key(Role::Viewer).await);
    let create = json!({ "name": "x1", "description": "made by a test" });
    let mut messages = Vec::new();
    for (tool, arguments) in [
        ("knowledge_create_namespace", create.clone()),
        // Wrong arguments must not tell that the tool exists.
        ("knowledge_create_namespace", json!({})),
        ("knowledge_no_such_thing", json!({})),
        ("admin_key_list", json!({})),
    ] {
        let mut call = app.call(tool, arguments);
        call.credential = viewer.clone();
        let error = app.engine.call(call).await.unwrap_err();
        assert_eq!(error.code(), Code::UnknownTool, "{tool}");
        messages.push(error.message().replace(tool, "?"));
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
}

#[tokio::test]
async fn lists_show_what_the_profile_selects_and_the_role_allows() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let viewer = Credential::ApiKey(app.key(Role::Viewer).await);
    let list = async |profile: &str, credential: &Credential| -> Vec<String> {
        let mut call = app.call("", json!({}));
        call.operation = Operation::ListTools {
            cursor: None,
            revision: Revision::V2026_07_28,
        };
        call.profile = ProfileName::parse(profile).unwrap();
        call.credential = credential.clone();
        let Outcome::List(page) = app.engine.call(call).await.unwrap() else {
            panic!("no list")
        };
        let page: Value = serde_json::from_str(&format!(
            "{{{}}}",
            std::str::from_utf8(&page.members).unwrap()
        ))
        .unwrap();
        page["tools"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let admin = Credential::ApiKey(app.admin_key.clone());
    let everyday = list("default", &admin).await;
    assert!(everyday.contains(&"knowledge_write_knowledge".to_owned()) && everyday.is_sorted());
    assert!(!everyday.iter().any(|name| name.starts_with("admin_")));
    assert!(
        list("admin", &admin)
            .await
            .iter()
            .all(|name| name.starts_with("admin_"))
    );
    assert!(list("admin", &viewer).await.is_empty());
    let (mut seen, everything) = (
        list("knowledge", &viewer).await,
        list("knowledge", &admin).await,
    );
    assert!(seen.contains(&"knowledge_get_task_context".to_owned()));
    let own = "knowledge_set_search_privacy";
    assert!(
        seen.iter().any(|name| name == own),
        "one's privacy is one's own"
    );
    seen.retain(|name| name != own);
    let verbs = |names: &[String]| -> BTreeSet<String> {
        let verb = |name: &String| name.split('_').nth(1).unwrap().to_owned();
        names.iter().map(verb).collect()
    };
    assert_eq!(
        verbs(&seen),
        ["export", "get", "inspect", "list"]
            .map(str::to_owned)
            .into(),
        "who may only read sees what only reads"
    );
    assert!(verbs(&everything).is_superset(&verbs(&seen)) && everything.len() > 2 * seen.len());
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_told_to_the_model_with_their_path() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    for (arguments, culprit) in [
        (json!({}), "text"),
        (json!({ "text": 7 }), "/text"),
        (json!({ "text": "x", "more": 1 }), "more"),
    ] {
        let told = failure(
            app.engine
                .call(app.call("test_echo", arguments.clone()))
                .await
                .unwrap(),
        );
        assert!(
            told.contains("invalid_arguments") && told.contains(culprit),
            "{arguments}: {told}"
        );
    }
}

#[tokio::test]
async fn faults_of_the_house_stay_with_the_protocol_and_tell_nothing() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    for how in ["internal", "panic"] {
        let error = app
            .engine
            .call(app.call("test_fail", json!({ "how": how })))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::Internal);
        assert!(!error.message().contains("told to"), "{}", error.message());
    }
    let told = failure(
        app.engine
            .call(app.call("test_fail", json!({ "how": "error" })))
            .await
            .unwrap(),
    );
    assert!(
        told.contains("conflict") && told.contains("told to fail"),
        "{told}"
    );
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_stopped() {
    let limits = Limits {
        call_timeout: Duration::from_millis(100),
        ..Limits::default()
    };
    let app = TestApp::start_with(
        &TestDb::sqlite(),
        AppOptions {
            limits,
            ..AppOptions::default()
        },
    )
    .await;
    let told = failure(
        app.engine
            .call(app.call("test_fail", json!({ "how": "hang" })))
            .await
            .unwrap(),
    );
    assert!(told.contains("deadline_exceeded"), "{told}");
}

#[tokio::test]
async fn the_rate_limit_counts_each_principal_for_itself() {
    let limits = Limits {
        calls_per_minute: 3,
        ..Limits::default()
    };
    let app = TestApp::start_with(
        &TestDb::sqlite(),
        AppOptions {
            limits,
            ..AppOptions::default()
        },
    )
    .await;
    let other = Credential::ApiKey(app.key(Role::User).await);
    let call = || app.call("test_echo", json!({ "text": "x" }));
    let mut refused = None;
    for _ in 0..4 {
        refused = app.engine.call(call()).await.err().or(refused);
    }
    let error = refused.unwrap();
    assert_eq!(error.code(), Code::RateLimited);
    assert!(
        error.data_value().unwrap()["retryAfterSeconds"]
            .as_f64()
            .unwrap()
            >= 1.0
    );
    let mut others = call();
    others.credential = other;
    assert!(app.engine.call(others).await.is_ok());
}

#[tokio::test]
async fn an_unknown_profile_is_not_found() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let mut call = app.call("test_echo", json!({ "text": "x" }));
    call.profile = ProfileName::parse("nowhere").unwrap();
    assert_eq!(
        app.engine.call(call).await.unwrap_err().code(),
        Code::NotFound
    );
}
