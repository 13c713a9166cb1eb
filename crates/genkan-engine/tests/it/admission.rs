//! More calls than there are places: a bounded number waits, the rest is refused at once.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::poll;
use genkan_core::{Code, Outcome, Result};
use genkan_engine::{Limits, Probe, Stage};
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::json;
use tokio::sync::{Notify, Semaphore};

/// Holds every call at the stage `run` until it is let go.
struct Hold {
    reached: Notify,
    let_go: Semaphore,
}

#[async_trait]
impl Probe for Hold {
    async fn at(&self, stage: Stage) -> Result<()> {
        if stage == Stage::Run {
            self.reached.notify_one();
            self.let_go.acquire().await.unwrap().forget();
        }
        Ok(())
    }
}

/// A house with one place and room for one that waits so long.
async fn narrow(waiting_time: Duration) -> (TestApp, Arc<Hold>) {
    let hold = Arc::new(Hold {
        reached: Notify::new(),
        let_go: Semaphore::new(0),
    });
    let options = AppOptions {
        limits: Limits {
            concurrent_calls: 1,
            waiting_calls: 1,
            waiting_time,
            ..Limits::default()
        },
        probe: Some(hold.clone()),
        ..AppOptions::default()
    };
    (TestApp::start_with(&TestDb::sqlite(), options).await, hold)
}

async fn call(app: &TestApp) -> Result<Outcome> {
    app.engine
        .call(app.call("test_echo", json!({ "text": "x" })))
        .await
}

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn one_runs_one_waits_and_the_next_is_refused_at_once() {
    let (app, hold) = narrow(LONG).await;
    let (mut runs, mut waits) = (Box::pin(call(&app)), Box::pin(call(&app)));
    tokio::select! {
        _ = &mut runs => panic!("it was to be held"),
        () = hold.reached.notified() => {}
    }
    assert!(poll!(&mut waits).is_pending());
    let refused = call(&app).await.unwrap_err();
    assert_eq!(refused.code(), Code::Overloaded);
    assert!(refused.code().is_transient());

    hold.let_go.add_permits(2);
    runs.await.unwrap();
    waits.await.unwrap();
}

#[tokio::test]
async fn who_waits_too_long_is_refused() {
    let (app, hold) = narrow(Duration::from_millis(1)).await;
    let mut runs = Box::pin(call(&app));
    tokio::select! {
        _ = &mut runs => panic!("it was to be held"),
        () = hold.reached.notified() => {}
    }
    assert_eq!(call(&app).await.unwrap_err().code(), Code::Overloaded);
    hold.let_go.add_permits(1);
    runs.await.unwrap();
}

#[tokio::test]
async fn a_place_and_a_wait_that_are_given_up_are_free_again() {
    let (app, hold) = narrow(LONG).await;
    for _ in 0..3 {
        let (mut runs, mut waits) = (Box::pin(call(&app)), Box::pin(call(&app)));
        tokio::select! {
            _ = &mut runs => panic!("it was to be held"),
            () = hold.reached.notified() => {}
        }
        assert!(poll!(&mut waits).is_pending());
    }
    hold.let_go.add_permits(1);
    call(&app).await.unwrap();
}

#[tokio::test]
async fn a_call_within_a_call_needs_no_place_of_its_own() {
    let (app, hold) = narrow(LONG).await;
    hold.let_go.add_permits(2);
    let inner = json!({ "tool": "test_echo", "arguments": { "text": "x" } });
    let outcome = app.engine.call(app.call("test_relay", inner)).await;
    assert!(matches!(outcome, Ok(Outcome::Tool(output)) if !output.is_error));
}

#[tokio::test]
async fn more_places_let_a_call_in_and_fewer_are_held_once_calls_end() {
    let (app, hold) = narrow(LONG).await;
    let bounds = |concurrent_calls| Limits {
        concurrent_calls,
        waiting_calls: 0,
        ..Limits::default()
    };
    let (mut first, mut second) = (Box::pin(call(&app)), Box::pin(call(&app)));
    assert!(poll!(first.as_mut()).is_pending());
    hold.reached.notified().await;
    app.engine.set_limits(bounds(2));
    assert!(poll!(second.as_mut()).is_pending());
    hold.reached.notified().await;
    app.engine.set_limits(bounds(1));
    hold.let_go.add_permits(1);
    first.await.unwrap();
    // One place was too many, so that none is free although a call ended.
    assert_eq!(call(&app).await.unwrap_err().code(), Code::Overloaded);
    hold.let_go.add_permits(2);
    second.await.unwrap();
    call(&app).await.unwrap();
    app.stop().await;
}
