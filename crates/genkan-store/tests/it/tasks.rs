//! Tasks on both databases: who sees them, who changes them first, and when they go.

use genkan_core::{
    Code, Error, Result, Timestamp,
    id::{PrincipalId, WriterId},
    task::TaskStatus,
};
use genkan_store::{Lease, TaskRow};

use crate::{
    database::each,
    fixture::{Fixture, principal, tenant},
};

const AT: fn(i64) -> Timestamp = Timestamp::from_millis;

pub(crate) fn task(id: &str) -> TaskRow {
    TaskRow {
        id: id.to_owned(),
        principal: principal("a").id,
        profile: "default".to_owned(),
        tool: "test_slow".to_owned(),
        arguments: r#"{"steps":1}"#.to_owned(),
        status: TaskStatus::Working,
        created: AT(1_000),
        updated: AT(1_000),
        expires: AT(9_000),
        writer: WriterId::from_stored("one"),
        alive_until: AT(2_000),
        requests: "{}".to_owned(),
        answers: "{}".to_owned(),
        state: None,
        outcome: None,
    }
}

pub(crate) async fn create(house: &Fixture, task: TaskRow) {
    let made = house.store.system_write(move |tx| {
        let task = task.clone();
        Box::pin(async move { tx.task_create(&tenant("a"), &task).await })
    });
    made.await.unwrap();
}

async fn find(house: &Fixture, tenant_name: &str, id: &str) -> Option<TaskRow> {
    let mut tx = house.store.read(&tenant(tenant_name)).await.unwrap();
    tx.task_find(id).await.unwrap()
}

async fn settle(house: &Fixture, status: TaskStatus, outcome: Option<&'static str>) -> bool {
    let settled = house.store.system_write(move |tx| {
        Box::pin(async move {
            tx.task_settle(&tenant("a"), "t", status, outcome, AT(1_500))
                .await
        })
    });
    settled.await.unwrap()
}

async fn park(house: &Fixture) -> bool {
    let parked = house.store.system_write(|tx| {
        Box::pin(async move {
            tx.task_park(&tenant("a"), "t", r#"{"x":{}}"#, "sealed", AT(1_500))
                .await
        })
    });
    parked.await.unwrap()
}

async fn answer(house: &Fixture, read: TaskRow, lease: Option<Lease>) -> bool {
    let answered = house.store.system_write(move |tx| {
        let (read, lease) = (read.clone(), lease.clone());
        Box::pin(async move {
            tx.task_answer(
                &tenant("a"),
                &read,
                "{}",
                r#"{"x":1}"#,
                lease.as_ref(),
                AT(1_600),
            )
            .await
        })
    });
    answered.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_found_by_its_tenant_alone() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        assert_eq!(find(&house, "a", "t").await, Some(task("t")));
        assert_eq!(find(&house, "b", "t").await, None);
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert_eq!(tx.task_count_open(&principal("a").id).await.unwrap(), 1);
        assert_eq!(
            tx.task_count_open(&PrincipalId::from_stored("other"))
                .await
                .unwrap(),
            0
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_task_stays_cancelled() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        let cancel = || async {
            let cancelled = house.store.system_write(|tx| {
                Box::pin(async move { tx.task_cancel(&tenant("a"), "t", AT(1_400)).await })
            });
            cancelled.await.unwrap()
        };
        assert!(cancel().await);
        assert!(!cancel().await);
        assert!(!settle(&house, TaskStatus::Completed, Some("{}")).await);
        assert!(!park(&house).await);
        let found = find(&house, "a", "t").await.unwrap();
        assert_eq!((found.status, found.outcome), (TaskStatus::Cancelled, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_to_the_same_state_one_comes_too_late() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        assert!(park(&house).await);
        let read = find(&house, "a", "t").await.unwrap();
        assert_eq!(
            (read.status, read.state.as_deref()),
            (TaskStatus::InputRequired, Some("sealed"))
        );
        let lease = Lease {
            writer: WriterId::from_stored("two"),
            until: AT(5_000),
        };
        assert!(answer(&house, read.clone(), Some(lease.clone())).await);
        assert!(!answer(&house, read, Some(lease)).await);
        let found = find(&house, "a", "t").await.unwrap();
        assert_eq!(
            (found.status, found.writer.as_str()),
            (TaskStatus::Working, "two")
        );
        assert_eq!(
            (found.answers.as_str(), found.alive_until),
            (r#"{"x":1}"#, AT(5_000))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_of_a_silent_process_fails_and_held_work_does_not() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        create(
            &house,
            TaskRow {
                writer: WriterId::from_stored("two"),
                ..task("u")
            },
        )
        .await;
        let hold = house.store.system_write(|tx| {
            Box::pin(async move {
                let lease = Lease {
                    writer: WriterId::from_stored("two"),
                    until: AT(8_000),
                };
                tx.task_hold(&lease).await
            })
        });
        assert_eq!(hold.await.unwrap(), [(tenant("a"), "u".to_owned())]);
        let fail = || async {
            let failed: Result<_> = house
                .store
                .system_write(|tx| {
                    Box::pin(async move { tx.task_fail_lost("{\"code\":1}", AT(3_000)).await })
                })
                .await;
            failed.unwrap()
        };
        assert_eq!(fail().await, [(tenant("a"), "t".to_owned())]);
        assert_eq!(fail().await, []);
        let found = find(&house, "a", "t").await.unwrap();
        assert_eq!(
            (found.status, found.outcome.as_deref()),
            (TaskStatus::Failed, Some("{\"code\":1}"))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_tasks_are_forgotten_but_not_while_somebody_works() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        let purge = |now: i64| {
            house
                .store
                .system_write(move |tx| Box::pin(async move { tx.tasks_purge(AT(now)).await }))
        };
        assert_eq!(purge(10_000).await.unwrap(), 0);
        assert!(settle(&house, TaskStatus::Completed, Some("{}")).await);
        assert_eq!(purge(9_000).await.unwrap(), 0);
        assert_eq!(purge(9_001).await.unwrap(), 1);
        assert_eq!(find(&house, "a", "t").await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_stays_where_the_write_beside_it_fails() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        create(&house, task("t")).await;
        let place = house.store.records().reserve().await.unwrap();
        let failed: Result<()> = place
            .leave_with(house.record("a"), |tx| {
                Box::pin(async move {
                    let (tenant, status) = (tenant("a"), TaskStatus::Completed);
                    let ended = tx.task_settle(&tenant, "t", status, Some("{}"), AT(1_500));
                    assert!(ended.await?);
                    Err(Error::new(Code::Overloaded, "on purpose"))
                })
            })
            .await;
        assert_eq!(failed.unwrap_err().code(), Code::Overloaded);
        assert_eq!(
            find(&house, "a", "t").await.unwrap().status,
            TaskStatus::Working
        );
        house.assert_whole("a", 1).await;
    })
    .await;
}
