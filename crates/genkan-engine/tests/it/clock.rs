//! A wall clock that jumps, both ways. Bounds and memories go by a clock that does not; what has a date
//! goes by the wall clock, whatever it says; nothing that was used once is good again.

use std::time::{Duration, Instant};

use genkan_core::{Call, Code, Operation, Outcome, Secret, call::Credential};
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Value, json};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long what should happen within a second may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn echo(app: &TestApp) -> Call {
    app.call("test_echo", json!({ "text": "x" }))
}

#[tokio::test]
async fn a_limit_of_calls_stays_as_it_was_however_the_clock_jumps() {
    let mut options = AppOptions::default();
    options.limits.calls_per_minute = 1;
    let app = TestApp::start_with(&TestDb::sqlite(), options).await;
    let begun = Instant::now();
    app.engine.call(echo(&app)).await.unwrap();
    let jumps: [fn(&TestApp); 3] = [
        |app| app.clock.advance(DAY),
        |app| app.clock.turn_back(2 * DAY),
        |app| app.clock.advance(DAY),
    ];
    for jump in jumps {
        jump(&app);
        let Err(refused) = app.engine.call(echo(&app)).await else {
            // Only a machine that stood still for a minute may say so.
            assert!(begun.elapsed() > Duration::from_secs(59));
            return;
        };
        assert_eq!(refused.code(), Code::RateLimited);
        let wait = refused.data_value().unwrap()["retryAfterSeconds"].as_f64();
        assert!((1.0..=60.0).contains(&wait.unwrap()), "{wait:?}");
    }
}

#[tokio::test]
async fn a_key_ends_at_its_date_and_by_revocation_however_the_clock_jumps() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let arguments = json!({ "name": "brief", "role": "user", "expires_seconds": 3_600 });
        let made = app.admin("admin_key_create", arguments).await;
        let key = Secret::new(made["key"].as_str().unwrap().to_owned());
        let outcome = async || {
            let mut call = echo(&app);
            call.credential = Credential::ApiKey(key.clone());
            app.engine.call(call).await.map_err(|error| error.code())
        };
        assert!(outcome().await.is_ok());
        app.clock.advance(2 * HOUR);
        assert_eq!(outcome().await.unwrap_err(), Code::KeyExpired);
        app.clock.turn_back(2 * HOUR);
        assert!(outcome().await.is_ok(), "its date has not come yet");

        app.clock.turn_back(DAY);
        assert!(outcome().await.is_ok());
        app.admin("admin_key_revoke", json!({ "id": made["id"] }))
            .await;
        let revoked = Instant::now();
        while outcome().await.is_ok() {
            assert!(revoked.elapsed() < PATIENCE, "the key still works");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(outcome().await.unwrap_err(), Code::KeyRevoked);
        assert_eq!(app.verify().await["faults"], json!([]));
    })
    .await;
}

fn round(app: &TestApp, state: Option<&Value>) -> Call {
    let mut call = app.call("test_confirm_twice", json!({ "item": "lamp" }));
    if let (Operation::CallTool(tool), Some(state)) = (&mut call.operation, state) {
        tool.request_state = state.as_str().map(str::to_owned);
    }
    call
}

#[tokio::test]
async fn a_state_that_was_used_is_never_good_again() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        let ask = async |state: Option<&Value>| match app.engine.call(round(&app, state)).await {
            Ok(Outcome::InputRequired(asked)) => Ok(json!(asked.request_state)),
            Ok(other) => panic!("nothing was asked: {other:?}"),
            Err(error) => Err(error.code()),
        };
        let state = ask(None).await.unwrap();
        ask(Some(&state)).await.unwrap();
        assert_eq!(ask(Some(&state)).await, Err(Code::StateReused));
        app.clock.advance(HOUR);
        assert_eq!(ask(Some(&state)).await, Err(Code::StateExpired));
        app.clock.turn_back(HOUR);
        assert_eq!(ask(Some(&state)).await, Err(Code::StateReused));
        app.clock.turn_back(DAY);
        assert_eq!(ask(Some(&state)).await, Err(Code::StateReused));
    })
    .await;
}
