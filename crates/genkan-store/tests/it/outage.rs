//! The database is away, goes away, comes back: every call gets an answer, no record is lost or
//! written twice.

use std::time::Duration;

use genkan_core::{Code, Role, Secret, id::PrincipalId};
use genkan_store::Location;
use genkan_testkit::proxy::{Mode, Proxy};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Postgres, Transaction};

use crate::{
    database::{Database, each, run_on},
    fixture::{Fixture, named, tenant},
};

/// A store behind a proxy, where there is a PostgreSQL.
async fn behind_proxy() -> Option<(Database, Proxy, Fixture)> {
    let database = Database::postgres().await?;
    let proxy = Proxy::before(database.url.as_deref()?).await;
    let mut options = database.options();
    options.location = Location::Postgres(Secret::new(proxy.url.clone()));
    options.acquire_timeout = Duration::from_millis(500);
    let house = Fixture::open_with(options).await;
    Some((database, proxy, house))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_at_start_is_named_unavailable() {
    let database = Database::sqlite();
    let mut options = database.options();
    options.location = Location::Postgres(Secret::new("postgres://x@127.0.0.1:9/x".into()));
    let error = Fixture::try_open(options).await.err().unwrap();
    assert_eq!(error.code(), Code::StoreUnavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_refused_without_showing_it() {
    let database = Database::sqlite();
    let mut options = database.options();
    options.location =
        Location::Postgres(Secret::new("postgres://user:hunter2@host:port/x".into()));
    let error = Fixture::try_open(options).await.err().unwrap();
    assert_eq!(error.code(), Code::ConfigInvalid);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_named_corrupt() {
    let database = Database::sqlite();
    std::fs::write(database.file(), vec![b'x'; 8192]).unwrap();
    let error = Fixture::try_open(database.options()).await.err().unwrap();
    assert_eq!(error.code(), Code::StoreCorrupt);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_there_is_named_unavailable() {
    let database = Database::sqlite();
    let mut options = database.options();
    options.location = Location::Sqlite(database.folder().join("missing/genkan.db"));
    let error = Fixture::try_open(options).await.err().unwrap();
    assert_eq!(error.code(), Code::StoreUnavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_refused_and_records_kept_while_the_server_is_away() {
    let Some((_database, proxy, house)) = behind_proxy().await else {
        return;
    };
    house.add("a", "before").await.unwrap();
    proxy.set(Mode::Away);
    for number in 0..20 {
        let error = house.add("a", &format!("lost-{number}")).await.unwrap_err();
        assert_eq!(error.code(), Code::StoreUnavailable);
        house.leave("a").await;
    }
    let error = house.store.read(&tenant("a")).await.err().unwrap();
    assert_eq!(error.code(), Code::StoreUnavailable);
    assert_eq!(
        house.store.check().await.unwrap_err().code(),
        Code::StoreUnavailable
    );
    proxy.set(Mode::Pass);
    house.store.records().flush().await.unwrap();
    house.store.check().await.unwrap();
    house.add("a", "after").await.unwrap();
    assert_eq!(house.principals("a").await, ["after", "before", "first"]);
    let endings = house.endings("a").await;
    let count = |ending: &str| endings.iter().filter(|one| *one == ending).count();
    assert_eq!(
        (
            count("ok"),
            count("failed store_unavailable"),
            endings.len()
        ),
        (22, 20, 42)
    );
    house.assert_whole("a", 42).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_breaks_is_unknown_and_its_records_are_written_once() {
    for (mode, is_done) in [(Mode::BeforeCommit, false), (Mode::AfterCommit, true)] {
        let Some((_database, proxy, house)) = behind_proxy().await else {
            return;
        };
        house.add("a", "before").await.unwrap();
        house.store.records().flush().await.unwrap();
        proxy.set(mode);
        let error = house.add("a", "broken").await.unwrap_err();
        assert_eq!(error.code(), Code::OutcomeUnknown, "{mode:?}");
        house.leave("a").await;
        proxy.set(Mode::Pass);
        house.store.records().flush().await.unwrap();
        let expected = if is_done {
            vec!["before", "broken", "first"]
        } else {
            vec!["before", "first"]
        };
        assert_eq!(house.principals("a").await, expected, "{mode:?}");
        let ending = if is_done {
            "ok"
        } else {
            "failed outcome_unknown"
        };
        let mut endings = vec!["ok", "ok", ending];
        endings.sort_unstable();
        assert_eq!(house.endings("a").await, endings, "{mode:?}");
        house.assert_whole("a", 3).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_connections_are_replaced_unseen() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let house = Fixture::open(&database).await;
    house.add("a", "one").await.unwrap();
    assert_eq!(house.principals("a").await.len(), 2);
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    run_on(database.url.as_deref().unwrap(), kill.to_owned()).await;
    house.add("a", "two").await.unwrap();
    assert_eq!(house.principals("a").await.len(), 3);
    house.assert_whole("a", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_killed_within_an_effect_fails_that_group_alone() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let house = Fixture::open(&database).await;
    let url = database.url.clone().unwrap();
    let outcome = house
        .write("a", move |tx| {
            let url = url.clone();
            let added = crate::fixture::named("a", "half");
            Box::pin(async move {
                let now = genkan_core::Timestamp::from_millis(1);
                tx.principal_create(&added, now).await?;
                let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                            WHERE datname = current_database() AND state = 'idle in transaction'";
                run_on(&url, kill.to_owned()).await;
                tx.principal_find(&added.id).await.map(|_| ())
            })
        })
        .await;
    assert_eq!(outcome.unwrap_err().code(), Code::StoreUnavailable);
    assert_eq!(house.endings("a").await, ["failed store_unavailable"]);
    assert_eq!(house.principals("a").await, ["first"]);
    house.assert_whole("a", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_locked_for_too_long_is_busy_and_its_records_are_kept() {
    let database = Database::sqlite();
    let house = Fixture::open(&database).await;
    let other = database.beside();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        house.add("a", "late").await.unwrap_err().code(),
        Code::StoreBusy
    );
    assert_eq!(
        house.principals("a").await,
        ["first"],
        "readers do not wait"
    );
    other.execute_batch("ROLLBACK").unwrap();
    house.store.records().flush().await.unwrap();
    house.add("a", "free").await.unwrap();
    assert_eq!(house.endings("a").await, ["failed store_busy", "ok"]);
    house.assert_whole("a", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_used_up_is_busy_within_the_timeout() {
    each(|database| async move {
        let mut options = database.options();
        options.connections = 2;
        options.acquire_timeout = Duration::from_millis(300);
        let house = Fixture::open_with(options).await;
        let one = house.store.read(&tenant("a")).await.unwrap();
        let _two = house.store.system_read().await.unwrap();
        let begun = std::time::Instant::now();
        let error = house.store.read(&tenant("a")).await.err().unwrap();
        assert_eq!(error.code(), Code::StoreBusy);
        assert!(begun.elapsed() < Duration::from_secs(2));
        drop(one);
        house.store.read(&tenant("a")).await.unwrap();
    })
    .await;
}

/// Two transactions wait for each other, in the effect of a write or where its record is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_another_transaction_waits_for_and_keeps_waiting_is_done_again() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let house = Fixture::open(&database).await;
    house.add("a", "before").await.unwrap();
    let url = database.url.as_deref().unwrap();
    for (id, locked) in [
        (
            "second",
            "SELECT 1 FROM principal WHERE id = 'before' FOR UPDATE",
        ),
        ("third", "SELECT 1 FROM head WHERE tenant = 'a' FOR UPDATE"),
    ] {
        let mut other = PgConnection::connect(url).await.unwrap();
        let mut tx = other.begin().await.unwrap();
        // PostgreSQL ends the transaction that has waited for a second, which is the write.
        let patience = "SET LOCAL deadlock_timeout = '20s'";
        tx.execute(patience).await.unwrap();
        tx.execute(locked).await.unwrap();
        let now = house.now();
        let writing = house.write("a", move |tx| {
            Box::pin(async move {
                tx.principal_create(&named("a", id), now).await?;
                let before = PrincipalId::from_stored("before");
                tx.principal_set_role(&before, Role::Admin).await
            })
        });
        let (written, ()) = tokio::join!(writing, meet(&database, tx, id));
        written.unwrap();
    }
    let principals = ["before", "first", "second", "third"];
    assert_eq!(house.principals("a").await, principals);
    house.assert_whole("a", 3).await;
    house.close().await;
}

/// Has the write wait for what is locked, and then wants what the write has: the new principal.
async fn meet(database: &Database, mut tx: Transaction<'_, Postgres>, id: &str) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while database.number(waiting).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let same = format!(
        "INSERT INTO principal SELECT (jsonb_populate_record(p, '{{\"id\": \"{id}\", \"subject\": \"{id}\"}}')).* \
         FROM principal p WHERE p.tenant = 'a' AND p.id = 'first'"
    );
    tx.execute(AssertSqlSafe(same)).await.unwrap();
    tx.rollback().await.unwrap();
}
