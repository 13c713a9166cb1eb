//! Migrations: once, by one of several, never for a binary that is too old.

use std::time::Duration;

use genkan_core::{Code, Secret, clock::SystemClock};
use genkan_store::{Location, migrate::migrate};

use crate::{
    database::{Database, each, run_on},
    fixture::Fixture,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_migration_does_nothing() {
    each(|database| async move {
        let first = migrate(&database.location(), &SystemClock).await.unwrap();
        assert!(first.applied.contains(&"house"));
        let second = migrate(&database.location(), &SystemClock).await.unwrap();
        assert_eq!((second.applied.len(), second.version), (0, first.version));
        Fixture::open(&database).await.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_start_at_once_migrate_once() {
    each(|database| async move {
        let location = database.location();
        let runs = (0..4).map(|_| migrate(&location, &SystemClock));
        let outcomes = futures_util::future::join_all(runs).await;
        let applied: usize = outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap().applied.len())
            .sum();
        let versions = database.number("SELECT count(*) FROM schema_version").await;
        assert_eq!(i64::try_from(applied).unwrap(), versions);
    })
    .await;
}

/// SQLite does not wait by itself for the lock that makes a new file a write-ahead one: of several
/// first starts at once, one would give up.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_that_another_start_has_locked_is_waited_for() {
    let database = Database::sqlite();
    let location = database.location();
    let other = database.beside();
    other
        .execute_batch("CREATE TABLE other (n INTEGER); BEGIN IMMEDIATE")
        .unwrap();
    let opening = async {
        migrate(&location, &SystemClock).await.unwrap();
    };
    let releasing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.close().unwrap();
    };
    tokio::join!(opening, releasing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_older_than_the_schema_allows_is_refused() {
    each(|database| async move {
        Fixture::open(&database).await.close().await;
        database
            .tamper("INSERT INTO schema_version (version, name, min_binary, applied) VALUES (900, 'next', '0.1.0', 1)")
            .await;
        Fixture::open(&database).await.close().await;
        database.tamper("UPDATE schema_version SET min_binary = '99.0.0' WHERE version = 900").await;
        let mut options = database.options();
        for auto_migrate in [true, false] {
            options.auto_migrate = auto_migrate;
            let error = Fixture::try_open(options.clone()).await.err().unwrap();
            assert_eq!(error.code(), Code::StoreTooNew);
            assert!(error.message().contains("99.0.0"), "{}", error.message());
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_copied_before_its_schema_changes() {
    let database = Database::sqlite();
    let house = Fixture::open(&database).await;
    house.leave("a").await;
    house.close().await;
    let version = database
        .number("SELECT max(version) FROM schema_version")
        .await;
    // As if the newest migration, which is harmless to run twice here, had not run yet.
    database.tamper("DELETE FROM schema_version").await;
    database.tamper("INSERT INTO schema_version (version, name, min_binary, applied) VALUES (0, 'old', '0.1.0', 1)").await;
    let error = Fixture::try_open(database.options()).await.err().unwrap();
    assert_eq!(error.code(), Code::Internal, "the table is there already");
    let copy = database.folder().join("genkan.db.before-0001");
    assert!(copy.exists(), "version {version}");
    let mut options = database.options();
    options.location = Location::Sqlite(copy);
    let copied = Fixture::try_open(options).await.err().unwrap();
    assert_eq!(copied.code(), Code::Internal);
    // The failed migration left nothing half done: the store is as it was.
    database.tamper("DELETE FROM schema_version").await;
    assert_eq!(database.number("SELECT count(*) FROM record").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_waits_for_its_operator_unless_told_otherwise() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let mut options = database.options();
    options.auto_migrate = false;
    let error = Fixture::try_open(options.clone()).await.err().unwrap();
    assert_eq!(error.code(), Code::StoreNotMigrated);
    migrate(&database.location(), &SystemClock).await.unwrap();
    Fixture::open_with(options).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_one_cluster_may_be_migrated_at_once() {
    let mut databases = Vec::new();
    for _ in 0..4 {
        let Some(database) = Database::postgres().await else {
            return;
        };
        databases.push(database);
    }
    let locations: Vec<_> = databases.iter().map(Database::location).collect();
    for outcome in
        futures_util::future::join_all(locations.iter().map(|one| migrate(one, &SystemClock))).await
    {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_may_not_make_roles_is_told_what_to_run() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    // The roles are the cluster's and exist by now; what this login lacks is membership.
    migrate(&database.location(), &SystemClock).await.unwrap();
    let Some(own) = Database::postgres().await else {
        return;
    };
    let (url, login) = (
        own.url.clone().unwrap(),
        format!("plain_{}", std::process::id()),
    );
    let name = &url[url.rfind('/').unwrap() + 1..];
    let make = format!("CREATE ROLE {login} LOGIN; ALTER DATABASE {name} OWNER TO {login}");
    run_on(&url, make).await;
    let plain = Location::Postgres(Secret::new(url.replace("postgres@", &format!("{login}@"))));
    let error = migrate(&plain, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), Code::StoreNotMigrated);
    let hint = error.hint_text().to_owned();
    assert!(
        hint.contains("CREATE ROLE genkan_app NOLOGIN") && hint.contains(&format!("TO {login}")),
        "{hint}"
    );

    // What the hint says is enough, and more than membership is not needed.
    run_on(&url, format!("GRANT genkan_app, genkan_system TO {login}")).await;
    migrate(&plain, &SystemClock).await.unwrap();
    let mut options = own.options();
    options.location = plain;
    let house = Fixture::open_with(options).await;
    house.add("a", "x").await.unwrap();
    house.assert_whole("a", 1).await;
    house.close().await;
    drop(own);
    run_on(
        database.url.as_deref().unwrap(),
        format!("DROP ROLE {login}"),
    )
    .await;
}
