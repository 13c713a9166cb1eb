//! Questions in the middle of a call: the state travels sealed, works once, and belongs to one call.

use std::{collections::HashMap, time::Duration};

use genkan_core::{
    Call, Code, Operation, Outcome, Role, Secret, call::Credential, outcome::InputRequired,
};
use genkan_testkit::{TestApp, TestDb, structured};
use serde_json::{Value, json};

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn round(app: &TestApp, item: &str, state: Option<&str>, answers: &[(&str, Value)]) -> Call {
    let mut call = app.call("test_confirm_twice", json!({ "item": item }));
    let Operation::CallTool(tool) = &mut call.operation else {
        unreachable!()
    };
    tool.request_state = state.map(str::to_owned);
    tool.answers = answers
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect::<HashMap<_, _>>();
    call
}

async fn asked(app: &TestApp, call: Call) -> InputRequired {
    match app.engine.call(call).await.unwrap() {
        Outcome::InputRequired(asked) => asked,
        other => panic!("nothing was asked: {other:?}"),
    }
}

async fn refused(app: &TestApp, call: Call) -> Code {
    app.engine.call(call).await.unwrap_err().code()
}

#[tokio::test]
async fn two_questions_are_answered_in_two_rounds() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let first = asked(&app, round(&app, "lamp", None, &[])).await;
        assert_eq!(first.requests.keys().collect::<Vec<_>>(), ["color"]);
        let color = ("color", accept(json!({ "color": "red" })));
        let second = asked(
            &app,
            round(&app, "lamp", Some(&first.request_state), &[color]),
        )
        .await;
        assert_eq!(second.requests.keys().collect::<Vec<_>>(), ["size"]);
        let size = ("size", accept(json!({ "size": 3 })));
        let answer = structured(
            app.engine
                .call(round(&app, "lamp", Some(&second.request_state), &[size]))
                .await,
        );
        assert_eq!(
            answer,
            json!({ "item": "lamp", "color": "red", "size": 3, "attempts": 3 })
        );
    })
    .await;
}

#[tokio::test]
async fn a_state_is_refused_when_tampered_expired_foreign_or_reused() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let state = asked(&app, round(&app, "lamp", None, &[]))
            .await
            .request_state;

        let mut tampered = state.clone().into_bytes();
        let middle = tampered.len() / 2;
        tampered[middle] = if tampered[middle] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap();
        assert_eq!(
            refused(&app, round(&app, "lamp", Some(&tampered), &[])).await,
            Code::StateInvalid
        );
        assert_eq!(
            refused(&app, round(&app, "lamp", Some("nonsense"), &[])).await,
            Code::StateInvalid
        );
        assert_eq!(
            refused(&app, round(&app, "chair", Some(&state), &[])).await,
            Code::StateInvalid
        );

        let mut foreign = round(&app, "lamp", Some(&state), &[]);
        foreign.credential = Credential::ApiKey(app.key(Role::User).await);
        assert_eq!(refused(&app, foreign).await, Code::StateInvalid);

        asked(&app, round(&app, "lamp", Some(&state), &[])).await;
        assert_eq!(
            refused(&app, round(&app, "lamp", Some(&state), &[])).await,
            Code::StateReused
        );

        let late = asked(&app, round(&app, "lamp", None, &[]))
            .await
            .request_state;
        app.clock.advance(Duration::from_secs(601));
        assert_eq!(
            refused(&app, round(&app, "lamp", Some(&late), &[])).await,
            Code::StateExpired
        );
    })
    .await;
}

#[tokio::test]
async fn rounds_may_land_on_instances_with_a_restart_between() {
    TestDb::each(|database| async move {
        let before = TestApp::start(&database).await;
        let state = asked(&before, round(&before, "lamp", None, &[]))
            .await
            .request_state;
        before.stop().await;
        let after = TestApp::start(&database).await;
        let color = ("color", accept(json!({ "color": "red" })));
        let next = asked(&after, round(&after, "lamp", Some(&state), &[color])).await;
        assert_eq!(next.requests.keys().collect::<Vec<_>>(), ["size"]);
        assert_eq!(
            refused(&after, round(&after, "lamp", Some(&state), &[])).await,
            Code::StateReused
        );
    })
    .await;
}

#[tokio::test]
async fn answers_count_only_when_they_were_asked_for_and_fit() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let color = || ("color", accept(json!({ "color": "red" })));
    let unasked = asked(
        &app,
        round(
            &app,
            "lamp",
            None,
            &[color(), ("size", accept(json!({ "size": 1 })))],
        ),
    )
    .await;
    assert_eq!(unasked.requests.keys().collect::<Vec<_>>(), ["color"]);

    let rows = [
        (accept(json!({ "color": 7 })), "answer_invalid"),
        (accept(json!({})), "answer_invalid"),
        (json!({ "action": "maybe" }), "answer_invalid"),
        (json!({ "action": "decline" }), "answer_declined"),
        (json!({ "action": "cancel" }), "answer_declined"),
    ];
    for (answer, code) in rows {
        let state = asked(&app, round(&app, "lamp", None, &[]))
            .await
            .request_state;
        let outcome = app
            .engine
            .call(round(
                &app,
                "lamp",
                Some(&state),
                &[("color", answer.clone())],
            ))
            .await
            .unwrap();
        let text = format!("{outcome:?}");
        assert!(
            text.contains(code) && text.contains("is_error: true"),
            "{answer}: {text}"
        );
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_told_what_is_missing() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let mut call = round(&app, "lamp", None, &[]);
    call.abilities = Default::default();
    let error = app.engine.call(call).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingCapability);
    assert_eq!(
        error.data_value().unwrap()["requiredCapabilities"],
        json!({ "elicitation": { "form": {} } })
    );
}

#[tokio::test]
async fn a_wrong_key_cannot_resume_anything() {
    let app = TestApp::start(&TestDb::sqlite()).await;
    let state = asked(&app, round(&app, "lamp", None, &[]))
        .await
        .request_state;
    let mut call = round(&app, "lamp", Some(&state), &[]);
    call.credential = Credential::ApiKey(Secret::new("gk_0".to_owned()));
    assert_eq!(refused(&app, call).await, Code::Unauthenticated);
}
