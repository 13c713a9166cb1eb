//! Backups and dumps: whole, refused when damaged, and the same store on the other database.

use std::collections::BTreeSet;

use genkan_core::{Code, clock::SystemClock};
use genkan_store::{Location, backup::restore};

use crate::{
    database::{Database, each},
    fixture::Fixture,
};

/// A store with two tenants' rows, closed again.
async fn fill(database: &Database) -> Fixture {
    let house = Fixture::open(database).await;
    for name in ["a", "b"] {
        house.add(name, "zwölf \"quoted\"\n\\").await.unwrap();
        house.leave(name).await;
    }
    house.store.records().flush().await.unwrap();
    house
}

async fn assert_filled(database: &Database) {
    let house = Fixture::open(database).await;
    for name in ["a", "b"] {
        assert_eq!(
            house.principals(name).await,
            ["first", "zwölf \"quoted\"\n\\"]
        );
        house.assert_whole(name, 2).await;
        // The restored store goes on.
        house.add(name, "new").await.unwrap();
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_store_in_use_restores() {
    each(|database| async move {
        let house = fill(&database).await;
        let copy = database.folder().join("copy");
        house.store.backup(&copy).await.unwrap();
        assert_eq!(
            house.store.backup(&copy).await.unwrap_err().code(),
            Code::AlreadyExists
        );
        let Some(fresh) = fresh_like(&database).await else {
            return;
        };
        let restored = restore(&fresh.location(), &copy, &SystemClock)
            .await
            .unwrap();
        assert_eq!((restored.records, restored.replaced), (4, None));
        assert_filled(&fresh).await;
    })
    .await;
}

async fn fresh_like(database: &Database) -> Option<Database> {
    if database.is_postgres() {
        Database::postgres().await
    } else {
        Some(Database::sqlite())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_restores_on_either_database() {
    each(|database| async move {
        let house = fill(&database).await;
        let dump = database.folder().join("dump.jsonl");
        house.store.dump(&dump).await.unwrap();
        let sqlite = Database::sqlite();
        restore(&sqlite.location(), &dump, &SystemClock)
            .await
            .unwrap();
        assert_filled(&sqlite).await;
        let Some(postgres) = Database::postgres().await else {
            return;
        };
        restore(&postgres.location(), &dump, &SystemClock)
            .await
            .unwrap();
        assert_filled(&postgres).await;
        let again = restore(&postgres.location(), &dump, &SystemClock)
            .await
            .unwrap_err();
        assert_eq!(again.code(), Code::Conflict);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_holds_every_table() {
    each(|database| async move {
        let house = fill(&database).await;
        let dump = database.folder().join("dump.jsonl");
        house.store.dump(&dump).await.unwrap();
        let text = std::fs::read_to_string(&dump).unwrap();
        let dumped: BTreeSet<String> = text
            .lines()
            .filter_map(|line| {
                serde_json::from_str::<serde_json::Value>(line)
                    .unwrap()
                    .get("table")
                    .cloned()
            })
            .map(|table| table.as_str().unwrap().to_owned())
            .collect();
        let present: BTreeSet<String> = database.tables().await.into_iter().collect();
        assert_eq!(dumped, present);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_keeps_the_file_that_was_there() {
    let database = Database::sqlite();
    let house = fill(&database).await;
    let copy = database.folder().join("copy.db");
    house.store.backup(&copy).await.unwrap();
    house.add("a", "after the backup").await.unwrap();
    let in_use = restore(&database.location(), &copy, &SystemClock)
        .await
        .unwrap_err();
    assert_eq!(in_use.code(), Code::Conflict);
    house.close().await;
    let restored = restore(&database.location(), &copy, &SystemClock)
        .await
        .unwrap();
    assert_filled(&database).await;
    let mut options = database.options();
    options.location = Location::Sqlite(restored.replaced.unwrap());
    let kept = Fixture::open_with(options).await;
    assert!(
        kept.principals("a")
            .await
            .contains(&"after the backup".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_and_harms_nothing() {
    let database = Database::sqlite();
    let house = fill(&database).await;
    let (copy, dump) = (
        database.folder().join("copy.db"),
        database.folder().join("dump.jsonl"),
    );
    house.store.backup(&copy).await.unwrap();
    house.store.dump(&dump).await.unwrap();
    house.close().await;
    let bytes = std::fs::read(&copy).unwrap();
    let text = std::fs::read_to_string(&dump).unwrap();
    let without_end = &text[..text.len() - "{\"end\":true}\n".len()];
    let newer = text.replacen("\"schema\":", "\"schema\":9", 1);
    let cases: [(&str, Vec<u8>, Code); 5] = [
        (
            "half a file",
            bytes[..bytes.len() / 2].to_vec(),
            Code::StoreCorrupt,
        ),
        (
            "half a dump",
            text.as_bytes()[..text.len() / 2].to_vec(),
            Code::StoreCorrupt,
        ),
        (
            "a dump without its end",
            without_end.into(),
            Code::StoreCorrupt,
        ),
        ("a dump of a newer schema", newer.into(), Code::StoreTooNew),
        ("something else", b"hello\n".to_vec(), Code::StoreCorrupt),
    ];
    for (name, content, code) in cases {
        let path = database.folder().join("damaged");
        std::fs::write(&path, content).unwrap();
        let error = restore(&database.location(), &path, &SystemClock)
            .await
            .unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error:?}");
    }
    let missing = restore(
        &database.location(),
        &database.folder().join("missing"),
        &SystemClock,
    )
    .await;
    assert_eq!(missing.unwrap_err().code(), Code::NoSuchItem);
    assert_filled(&database).await;
    let left: Vec<_> = std::fs::read_dir(database.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("restoring")),
        "{left:?}"
    );
}
