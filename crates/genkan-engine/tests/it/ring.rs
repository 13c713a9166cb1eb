//! However a call ends, and at whichever stage, there is exactly one record of it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use genkan_core::id::TenantId;
use genkan_core::{Code, Error, Result};
use genkan_engine::{Limits, Probe, Stage};
use genkan_store::audit::{Entry, Filter, Order};
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Value, json};
use tokio::sync::Notify;

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Refused,
    Error,
    Panic,
    Timeout,
    Cancelled,
    Dropped,
}

const ENDS: [End; 6] = [
    End::Refused,
    End::Error,
    End::Panic,
    End::Timeout,
    End::Cancelled,
    End::Dropped,
];

/// Misbehaves once armed, at one stage, and tells when it does.
#[derive(Default)]
struct Saboteur {
    armed: Mutex<Option<(Stage, End)>>,
    reached: Notify,
}

#[async_trait]
impl Probe for Saboteur {
    async fn at(&self, stage: Stage) -> Result<()> {
        let armed = *self.armed.lock().unwrap();
        let Some((_, end)) = armed.filter(|(at, _)| *at == stage) else {
            return Ok(());
        };
        self.reached.notify_one();
        match end {
            End::Refused => Err(Error::new(Code::Forbidden, "refused by the test")),
            End::Error => Err(Error::internal("broken by the test")),
            End::Panic => panic!("panicked by the test"),
            End::Timeout | End::Cancelled | End::Dropped => std::future::pending().await,
        }
    }
}

async fn sabotaged(database: TestDb, tool: &str, arguments: impl Fn(usize) -> Value) {
    for end in ENDS {
        let saboteur = Arc::new(Saboteur::default());
        // Only a call that is to run out of time has little of it.
        let seconds = if end == End::Timeout { 0.3 } else { 60.0 };
        let limits = Limits {
            call_timeout: Duration::from_secs_f64(seconds),
            ..Limits::default()
        };
        let options = AppOptions {
            limits,
            probe: Some(saboteur.clone()),
            ..AppOptions::default()
        };
        let app = TestApp::start_with(&database, options).await;
        for stage in Stage::ALL {
            let before = records(&app, tool).await;
            let is_known = |id: &str| before.iter().any(|record| record.id == id);
            *saboteur.armed.lock().unwrap() = Some((stage, end));
            end_call(&app, &saboteur, tool, arguments(before.len()), end).await;
            *saboteur.armed.lock().unwrap() = None;
            let mut records = records(&app, tool).await;
            assert_eq!(records.len(), before.len() + 1, "{stage:?} × {end:?}");
            // Not the last one: two calls of one millisecond have their ids in any order.
            records.retain(|record| !is_known(&record.id));
            let last = &records[0];
            let expected = expected(stage, end, tool);
            assert_eq!(last.disposition, expected, "{stage:?} × {end:?}: {last:?}");
            if last.disposition != "ok" {
                assert_eq!(last.stage, stage.as_str(), "{stage:?} × {end:?}: {last:?}");
            }
        }
        let report = app
            .store
            .verify_audit(&TenantId::default_tenant())
            .await
            .unwrap();
        assert!(report.is_whole(), "{report:?}");
        app.stop().await;
    }
}

async fn end_call(app: &TestApp, saboteur: &Saboteur, tool: &str, arguments: Value, end: End) {
    let call = app.call(tool, arguments);
    let cancel = call.cancel.clone();
    let engine = app.engine.clone();
    let running = tokio::spawn(async move { engine.call(call).await });
    saboteur.reached.notified().await;
    match end {
        End::Cancelled => {
            cancel.cancel();
            assert_eq!(running.await.unwrap().unwrap_err().code(), Code::Cancelled);
        }
        End::Dropped => {
            running.abort();
            assert!(running.await.unwrap_err().is_cancelled());
        }
        End::Refused | End::Error | End::Panic | End::Timeout => drop(running.await.unwrap()),
    }
}

/// The record of a change that was committed says so, whatever happened to the answer afterwards.
fn expected(stage: Stage, end: End, tool: &str) -> &'static str {
    if stage == Stage::Shape && tool == "knowledge_create_namespace" {
        return "ok";
    }
    match end {
        End::Refused | End::Error if stage < Stage::Run => "refused",
        End::Refused | End::Error => "failed",
        End::Panic => "panicked",
        End::Timeout => "timed_out",
        End::Cancelled | End::Dropped => "cancelled",
    }
}

/// The records of calls of the tool. Whoever was refused before being known stands in
/// tenant `system`.
async fn records(app: &TestApp, tool: &str) -> Vec<Entry> {
    app.store.records().flush().await.unwrap();
    let filter = Filter {
        subject: Some(tool.to_owned()),
        ..Filter::default()
    };
    let mut records = Vec::new();
    for tenant in [TenantId::default_tenant(), TenantId::system()] {
        let mut tx = app.store.read(&tenant).await.unwrap();
        records.extend(
            tx.record_list(&filter, Order::OldestFirst, None, 1000)
                .await
                .unwrap()
                .entries,
        );
    }
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_call_is_recorded_once_however_it_ends() {
    TestDb::each(|database| sabotaged(database, "test_echo", |_| json!({ "text": "x" }))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutating_call_is_recorded_once_however_it_ends() {
    // Another name each time, since some of these calls do what they should.
    let arguments = |n| json!({ "name": format!("ring{n}"), "description": "made by a test" });
    TestDb::each(|database| sabotaged(database, "knowledge_create_namespace", arguments)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_succeeds_is_recorded_once() {
    TestDb::each(|database| async move {
        let app = TestApp::start(&database).await;
        for (tool, arguments) in [
            ("test_echo", json!({ "text": "x" })),
            (
                "knowledge_create_namespace",
                json!({ "name": "once", "description": "made by a test" }),
            ),
        ] {
            app.engine.call(app.call(tool, arguments)).await.unwrap();
            let records = records(&app, tool).await;
            assert_eq!(records.len(), 1, "{tool}");
            let last_stage = if tool == "test_echo" {
                Stage::Shape
            } else {
                Stage::Run
            };
            assert_eq!(
                (&*records[0].disposition, &*records[0].stage),
                ("ok", last_stage.as_str())
            );
        }
    })
    .await;
}
