//! Several processes on one store: each has its own chain, all see each other's writes, and one
//! that dies leaves nothing half done.

use std::{
    process::{Command, Stdio},
    sync::Arc,
};

use genkan_core::{Secret, Timestamp, task::TaskStatus};
use genkan_store::{CrashPoint, Location, TaskRow};

use crate::{
    database::{Database, each},
    fixture::{Fixture, tenant},
    tasks::{create, task},
};

/// Names the store for the test that is another process; without it that test does nothing.
const STORE: &str = "GENKAN_TEST_STORE_OF_ANOTHER";
const WHAT: &str = "GENKAN_TEST_STORE_WHAT";

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_database_see_each_other_and_both_chains_verify() {
    each(|database| async move {
        let houses = [
            Arc::new(Fixture::open(&database).await),
            Arc::new(Fixture::open(&database).await),
        ];
        let mut writers = tokio::task::JoinSet::new();
        for (number, house) in houses.iter().enumerate() {
            for task in 0..4 {
                let house = Arc::clone(house);
                writers.spawn(async move { work(&house, &format!("p{number}-{task}")).await });
            }
        }
        writers.join_all().await;
        for house in &houses {
            assert_eq!(house.principals("a").await.len(), 81);
            house.store.records().flush().await.unwrap();
        }
        let report = houses[0].verify("a").await;
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.records, report.writers), (160, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_writes_beside_us() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let mut other = another_process(&database, "write");
        let other = tokio::task::spawn_blocking(move || other.status().unwrap());
        work(&house, "own").await;
        assert!(other.await.unwrap().success());
        assert_eq!(house.principals("a").await.len(), 21);
        house.store.records().flush().await.unwrap();
        let report = house.verify("a").await;
        assert!(report.is_whole(), "{:?}", report.faults);
        assert_eq!((report.records, report.writers), (40, 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_leaves_effect_and_record_or_neither() {
    each(|database| async move {
        for (number, point) in ["BeforeCommit", "AfterCommit", "BeforeAnswer"]
            .into_iter()
            .enumerate()
        {
            let mut other = another_process(&database, point);
            let died = tokio::task::spawn_blocking(move || other.status().unwrap())
                .await
                .unwrap();
            assert!(!died.success(), "{point}");
            let house = Fixture::open(&database).await;
            assert_eq!(house.principals("a").await.len(), 1 + number, "{point}");
            house
                .assert_whole("a", u64::try_from(number).unwrap())
                .await;
            house.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_dies_leaves_the_end_of_a_task_and_its_record_or_neither() {
    each(|database| async move {
        for (number, (point, is_kept)) in [
            ("BeforeCommit", false),
            ("AfterCommit", true),
            ("BeforeAnswer", true),
        ]
        .into_iter()
        .enumerate()
        {
            let mut other = another_process(&database, &format!("task-{point}"));
            let died = tokio::task::spawn_blocking(move || other.status().unwrap())
                .await
                .unwrap();
            assert!(!died.success(), "{point}");
            let house = Fixture::open(&database).await;
            let mut tx = house.store.read(&tenant("a")).await.unwrap();
            let id = format!("task-{point}");
            let task = tx.task_find(&id).await.unwrap().unwrap();
            drop(tx);
            let expected = match is_kept {
                true => (TaskStatus::Completed, Some("{}")),
                false => (TaskStatus::Working, None),
            };
            assert_eq!((task.status, task.outcome.as_deref()), expected, "{point}");
            house
                .assert_whole("a", u64::try_from(number).unwrap())
                .await;
            house.close().await;
        }
    })
    .await;
}

/// Begins a task, and ends it with the record of its call.
async fn end_task(house: &Fixture, id: &str) {
    let task = TaskRow {
        id: id.to_owned(),
        ..task("any")
    };
    create(house, task).await;
    let place = house.store.records().reserve().await.unwrap();
    let (id, record) = (id.to_owned(), house.record("a"));
    let ended = place.leave_with(record, move |tx| {
        let id = id.clone();
        Box::pin(async move {
            let now = Timestamp::from_millis(1_500);
            let status = TaskStatus::Completed;
            tx.task_settle(&tenant("a"), &id, status, Some("{}"), now)
                .await
        })
    });
    assert!(ended.await.unwrap());
}

/// Ten writes and ten records.
async fn work(house: &Fixture, name: &str) {
    for round in 0..10 {
        house.add("a", &format!("{name}-{round}")).await.unwrap();
        house.leave("a").await;
    }
}

/// Runs the next test alone, in a process of its own.
fn another_process(database: &Database, what: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let store = database
        .url
        .clone()
        .unwrap_or_else(|| database.file().display().to_string());
    command
        .args([
            "--exact",
            "processes::what_another_process_does",
            "--nocapture",
        ])
        .env(STORE, store)
        .env(WHAT, what)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_does() {
    let (Ok(store), Ok(what)) = (std::env::var(STORE), std::env::var(WHAT)) else {
        return;
    };
    let mut options = Database::sqlite().options();
    options.location = match store.strip_prefix('/') {
        Some(_) => Location::Sqlite(store.into()),
        None => Location::Postgres(Secret::new(store)),
    };
    options.crash_point = match what.trim_start_matches("task-") {
        "BeforeCommit" => Some(CrashPoint::BeforeCommit),
        "AfterCommit" => Some(CrashPoint::AfterCommit),
        "BeforeAnswer" => Some(CrashPoint::BeforeAnswer),
        _ => None,
    };
    let house = Fixture::open_with(options).await;
    if what == "write" {
        work(&house, "other").await;
        house.close().await;
    } else if what.starts_with("task-") {
        end_task(&house, &what).await;
    } else {
        house.add("a", &what).await.unwrap();
    }
}
