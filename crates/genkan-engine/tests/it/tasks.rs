//! Calls that go on as tasks: durable, of one principal, answered through any process.

use std::{collections::HashMap, sync::Arc, time::Duration};

use genkan_core::{
    Call, Change, Code, Operation, Outcome, Role, Secret,
    call::Credential,
    subscription::{Interest, Subscription},
    task::{Detail, Task, TaskAct, TaskCall, TaskStatus},
};
use genkan_testkit::{AppOptions, TestApp, TestDb};
use serde_json::{Value, json};

use crate::tasks_toolset::Jobs;

async fn start(database: &TestDb) -> TestApp {
    let mut options = AppOptions {
        toolsets: Some(vec![Arc::new(Jobs)]),
        ..AppOptions::default()
    };
    options.limits.calls_per_minute = 10_000_000;
    options.limits.patience = Duration::from_millis(50);
    TestApp::start_with(database, options).await
}

/// A call by a client that knows tasks.
fn call(app: &TestApp, tool: &str) -> Call {
    let mut call = app.call(tool, json!({}));
    call.abilities.tasks = true;
    call
}

fn act(app: &TestApp, id: &str, act: TaskAct) -> Call {
    let mut call = call(app, "none");
    call.operation = Operation::Task(TaskCall {
        id: id.to_owned(),
        act,
    });
    call
}

async fn created(app: &TestApp, tool: &str) -> Task {
    match app.engine.call(call(app, tool)).await.unwrap() {
        Outcome::TaskCreated(task) => *task,
        other => panic!("no task was made: {other:?}"),
    }
}

async fn get(app: &TestApp, id: &str) -> Task {
    match app.engine.call(act(app, id, TaskAct::Get)).await.unwrap() {
        Outcome::Task(task) => *task,
        other => panic!("no task: {other:?}"),
    }
}

/// The task, once it has that status.
async fn reached(app: &TestApp, id: &str, status: TaskStatus) -> Task {
    let reached = async {
        loop {
            let task = get(app, id).await;
            if task.status == status {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let limit = Duration::from_secs(20);
    tokio::time::timeout(limit, reached).await.unwrap()
}

async fn done(app: &TestApp, id: &str, wanted: TaskAct) {
    let outcome = app.engine.call(act(app, id, wanted)).await.unwrap();
    assert!(matches!(outcome, Outcome::Done), "{outcome:?}");
}

fn answers(given: &[(&str, Value)]) -> TaskAct {
    let accept = |content: &Value| json!({ "action": "accept", "content": content });
    let given = given
        .iter()
        .map(|(key, content)| ((*key).to_owned(), accept(content)));
    TaskAct::Update(given.collect::<HashMap<_, _>>())
}

fn result(task: &Task) -> Value {
    match &task.detail {
        Detail::Result(raw) | Detail::Error(raw) => serde_json::from_str(raw.get()).unwrap(),
        other => panic!("the task has not ended: {other:?}"),
    }
}

async fn refused(app: &TestApp, call: Call) -> Code {
    app.engine.call(call).await.unwrap_err().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_takes_long_becomes_a_task_and_ends() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_quiet").await;
        assert_eq!(
            (task.status, task.id.len()),
            (TaskStatus::Working, 64),
            "{task:?}"
        );
        let task = reached(&app, &task.id, TaskStatus::Completed).await;
        let result = result(&task);
        assert_eq!(result["content"][0]["text"], "done");
        assert_eq!(result["resultType"], "complete");
        assert_eq!(app.verify().await["faults"], json!([]));
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_know_tasks_never_gets_one() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let outcome = app.engine.call(app.call("job_quiet", json!({}))).await;
        assert!(matches!(outcome, Ok(Outcome::Tool(_))), "{outcome:?}");
        let error = app
            .engine
            .call(app.call("job_needs", json!({})))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::MissingCapability);
        let needed = &error.data_value().unwrap()["requiredCapabilities"];
        let extensions = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
        assert_eq!(needed, &extensions);
        let mut get = act(&app, "any", TaskAct::Get);
        get.abilities.tasks = false;
        assert_eq!(refused(&app, get).await, Code::MissingCapability);
        let task = created(&app, "job_needs").await;
        reached(&app, &task.id, TaskStatus::Completed).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_task_stops_and_stays_cancelled() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_long").await;
        done(&app, &task.id, TaskAct::Cancel).await;
        assert_eq!(get(&app, &task.id).await.status, TaskStatus::Cancelled);
        done(&app, &task.id, TaskAct::Cancel).await;
        // Nothing is left of the work, or this would wait ten minutes.
        app.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_the_house_fails_the_task() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_breaks").await;
        let task = reached(&app, &task.id, TaskStatus::Failed).await;
        let error = result(&task);
        assert_eq!(
            (&error["code"], &error["data"]["code"]),
            (&json!(-32603), &json!("internal"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_one_by_one_and_through_any_process() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_asks").await;
        let task = reached(&app, &task.id, TaskStatus::InputRequired).await;
        let keys = |task: &Task| match &task.detail {
            Detail::Requests(requests) => requests.keys().cloned().collect::<Vec<_>>(),
            other => panic!("nothing is asked: {other:?}"),
        };
        assert_eq!(keys(&task), ["first", "second"]);
        done(&app, &task.id, answers(&[("unknown", json!({}))])).await;
        done(&app, &task.id, answers(&[("first", json!({ "a": "x" }))])).await;
        assert_eq!(keys(&get(&app, &task.id).await), ["second"]);
        app.stop().await;

        let other = start(&database).await;
        done(
            &other,
            &task.id,
            answers(&[("second", json!({ "b": "y" }))]),
        )
        .await;
        let task = reached(&other, &task.id, TaskStatus::Completed).await;
        assert_eq!(result(&task)["content"][0]["text"], r#""x" "y""#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_learns_of_a_task() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_long").await;
        let key = app.key(Role::Admin).await;
        let acts = || [TaskAct::Get, TaskAct::Cancel, answers(&[])];
        for wanted in acts() {
            let mut call = act(&app, &task.id, wanted);
            call.credential = Credential::ApiKey(Secret::new(key.expose().clone()));
            assert_eq!(refused(&app, call).await, Code::UnknownTask);
        }
        for wanted in acts() {
            let call = act(&app, "no such task", wanted);
            assert_eq!(refused(&app, call).await, Code::UnknownTask);
        }
        assert_eq!(get(&app, &task.id).await.status, TaskStatus::Working);
        done(&app, &task.id, TaskAct::Cancel).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_ends_for_who_may_not_call_its_tool_any_more() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_needs").await;
        reached(&app, &task.id, TaskStatus::Completed).await;
        app.admin("admin_tool_disable", json!({ "tool": "job_needs" }))
            .await;
        let gone = async {
            while app
                .engine
                .call(act(&app, &task.id, TaskAct::Get))
                .await
                .is_ok()
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let limit = Duration::from_secs(10);
        tokio::time::timeout(limit, gone).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_process_that_is_gone_has_an_unknown_outcome() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_long").await;
        // A process that was killed: it neither ends its work nor prolongs its lease.
        app.lifecycle.hard_stop().cancel();
        app.lifecycle.soft_stop().cancel();
        let other = start(&database).await;
        assert_eq!(get(&other, &task.id).await.status, TaskStatus::Working);
        other.clock.advance(Duration::from_secs(60));
        let task = get(&other, &task.id).await;
        assert_eq!(task.status, TaskStatus::Failed);
        assert_eq!(result(&task)["data"]["code"], "outcome_unknown");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_takes_no_work_from_a_process_that_lives() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let (long, quiet) = (
            created(&app, "job_long").await,
            created(&app, "job_quiet").await,
        );
        // Longer than a lease lasts.
        let jump = Duration::from_secs(60);
        app.clock.advance(jump);
        assert_eq!(get(&app, &long.id).await.status, TaskStatus::Working);
        app.clock.turn_back(2 * jump);
        assert_eq!(get(&app, &long.id).await.status, TaskStatus::Working);
        reached(&app, &quiet.id, TaskStatus::Completed).await;
        done(&app, &long.id, TaskAct::Cancel).await;
        assert_eq!(app.verify().await["faults"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_task_is_unknown() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_needs").await;
        reached(&app, &task.id, TaskStatus::Completed).await;
        app.clock.advance(task.keep - Duration::from_secs(60));
        assert_eq!(get(&app, &task.id).await.status, TaskStatus::Completed);
        app.clock.advance(Duration::from_secs(61));
        let call = act(&app, &task.id, TaskAct::Get);
        assert_eq!(refused(&app, call).await, Code::UnknownTask);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_hears_of_own_tasks_alone() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let task = created(&app, "job_long").await;
        let wanted = || Interest {
            tasks: [Arc::clone(&task.id), "other".into()].into(),
            ..Interest::default()
        };
        let mut subscription = subscribe(&app, wanted(), None).await;
        assert_eq!(subscription.accepted.tasks, [Arc::clone(&task.id)].into());
        let stranger = subscribe(&app, wanted(), Some(app.key(Role::Admin).await)).await;
        assert!(stranger.accepted.tasks.is_empty());
        done(&app, &task.id, TaskAct::Cancel).await;
        let heard = subscription.next().await;
        assert_eq!(heard, [Change::Task(Arc::clone(&task.id))]);
    })
    .await;
}

async fn subscribe(app: &TestApp, wanted: Interest, key: Option<Secret<String>>) -> Subscription {
    let mut call = call(app, "none");
    call.operation = Operation::Subscribe(wanted);
    if let Some(key) = key {
        call.credential = Credential::ApiKey(key);
    }
    match app.engine.call(call).await.unwrap() {
        Outcome::Subscribed(subscription) => *subscription,
        other => panic!("no subscription: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_there_is_a_task_cancels_the_call() {
    TestDb::each(|database| async move {
        let app = start(&database).await;
        let waiting = app.engine.call(call(&app, "job_quiet"));
        let limit = Duration::from_millis(20);
        assert!(tokio::time::timeout(limit, waiting).await.is_err());
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn how_many_tasks_are_open_and_how_long_they_are_kept_can_be_set() {
    let mut options = AppOptions {
        toolsets: Some(vec![Arc::new(Jobs)]),
        ..AppOptions::default()
    };
    options.limits.patience = Duration::from_millis(50);
    options.limits.open_tasks = 1;
    options.limits.task_kept = Duration::from_secs(90);
    let app = TestApp::start_with(&TestDb::sqlite(), options).await;
    let task = created(&app, "job_long").await;
    assert_eq!(task.keep, Duration::from_secs(90));
    assert_eq!(
        refused(&app, call(&app, "job_long")).await,
        Code::Overloaded
    );
    done(&app, &task.id, TaskAct::Cancel).await;
    created(&app, "job_long").await;
}

#[tokio::test]
async fn to_ask_how_far_a_task_is_leaves_no_record() {
    let app = start(&TestDb::sqlite()).await;
    let task = created(&app, "job_long").await;
    get(&app, &task.id).await;
    done(&app, &task.id, TaskAct::Cancel).await;
    app.store.records().flush().await.unwrap();
    let report = app.admin("admin_audit_report", json!({ "limit": 100 }));
    let report = report.await.to_string();
    assert!(report.contains("tasks/cancel"), "{report}");
    assert!(!report.contains("tasks/get"), "{report}");
}
