//! The chain: whoever changes, removes, moves or cuts off a record is found out.

use genkan_core::id::PrincipalId;
use genkan_store::audit::{FaultKind, Filter, Order};

use crate::{
    database::{Database, each},
    fixture::{Fixture, tenant},
};

/// What was done to a chain of nine records, and what must be found.
struct Case {
    name: &'static str,
    sql: &'static str,
    finds: &'static [(FaultKind, i64)],
}

const CASES: &[Case] = &[
    Case {
        name: "a changed outcome",
        sql: "UPDATE record SET disposition = 'ok2' WHERE tenant = 'a' AND seq = 4",
        finds: &[(FaultKind::Changed, 4)],
    },
    Case {
        name: "changed arguments",
        sql: "UPDATE record SET arguments = '{}' WHERE tenant = 'a' AND seq = 4",
        finds: &[(FaultKind::Changed, 4)],
    },
    Case {
        name: "arguments put back after an erasure",
        sql: "UPDATE record SET salt = NULL WHERE tenant = 'a' AND seq = 9",
        finds: &[(FaultKind::Changed, 9)],
    },
    Case {
        name: "a changed digest",
        sql: "UPDATE record SET hash = prev WHERE tenant = 'a' AND seq = 4",
        finds: &[(FaultKind::Changed, 4), (FaultKind::Changed, 4)],
    },
    Case {
        name: "a removed record",
        sql: "DELETE FROM record WHERE tenant = 'a' AND seq = 4",
        finds: &[(FaultKind::Removed, 4)],
    },
    Case {
        name: "the first record removed",
        sql: "DELETE FROM record WHERE tenant = 'a' AND seq = 1",
        finds: &[(FaultKind::Removed, 1)],
    },
    Case {
        name: "two records swapped",
        sql: "UPDATE record SET seq = 100 WHERE tenant = 'a' AND seq = 4; \
              UPDATE record SET seq = 4 WHERE tenant = 'a' AND seq = 5; \
              UPDATE record SET seq = 5 WHERE tenant = 'a' AND seq = 100",
        finds: &[
            (FaultKind::Reordered, 4),
            (FaultKind::Reordered, 5),
            (FaultKind::Reordered, 6),
        ],
    },
    Case {
        name: "the tail cut off",
        sql: "DELETE FROM record WHERE tenant = 'a' AND seq > 7",
        finds: &[(FaultKind::CutOff, 8)],
    },
    Case {
        name: "the tail cut off, with a forged head",
        sql: "DELETE FROM record WHERE tenant = 'a' AND seq > 7; UPDATE head SET seq = 7, \
              hash = (SELECT hash FROM record WHERE tenant = 'a' AND seq = 7) WHERE tenant = 'a'",
        finds: &[(FaultKind::CutOff, 8), (FaultKind::BadHead, 7)],
    },
    Case {
        name: "everything removed, and the head",
        sql: "DELETE FROM record WHERE tenant = 'a'; DELETE FROM head WHERE tenant = 'a'",
        finds: &[(FaultKind::CutOff, 1), (FaultKind::BadHead, 0)],
    },
    Case {
        name: "a forged checkpoint",
        sql: "UPDATE checkpoint SET heads = '[]' WHERE tenant = 'a'",
        finds: &[(FaultKind::BadCheckpoint, 1)],
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        for _ in 0..9 {
            house.leave("a").await;
            house.leave("b").await;
        }
        house.close().await;
        for case in CASES {
            assert_found(&database, case).await;
        }
    })
    .await;
}

/// Tampers in a database of its own state: what was done is undone from a copy afterwards.
async fn assert_found(database: &Database, case: &Case) {
    for table in ["record", "head", "checkpoint"] {
        database
            .tamper(format!(
                "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            ))
            .await;
    }
    database.tamper(case.sql).await;
    let house = Fixture::open(database).await;
    let report = house.verify("a").await;
    let found: Vec<_> = report
        .faults
        .iter()
        .map(|fault| (fault.kind, fault.seq))
        .collect();
    assert_eq!(found, case.finds, "{}", case.name);
    assert!(house.verify("b").await.is_whole(), "{}", case.name);
    house.close().await;
    for table in ["record", "head", "checkpoint"] {
        let sql = format!(
            "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}; DROP TABLE kept_{table}"
        );
        database.tamper(sql).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_head_put_back_is_found_by_the_checkpoint() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.leave("a").await;
        house.store.records().flush().await.unwrap();
        database.tamper("CREATE TABLE old_head AS SELECT * FROM head").await;
        house.leave("a").await;
        house.close().await;
        database
            .tamper("DELETE FROM record WHERE seq = 2; DELETE FROM head; INSERT INTO head SELECT * FROM old_head")
            .await;
        let house = Fixture::open(&database).await;
        let report = house.verify("a").await;
        assert_eq!(report.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::CutOff]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_signs_other_heads() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.leave("a").await;
        house.close().await;
        let mut options = database.options();
        options.audit_key = genkan_core::Secret::new([8; 32]);
        let house = Fixture::open_with(options).await;
        let kinds: Vec<_> = house
            .verify("a")
            .await
            .faults
            .iter()
            .map(|fault| fault.kind)
            .collect();
        assert_eq!(kinds, [FaultKind::BadCheckpoint, FaultKind::BadHead]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_what_names_a_person_leaves_the_chain_whole() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.leave("a").await;
        house.leave("b").await;
        house.store.records().flush().await.unwrap();
        let erased = house
            .write("a", |tx| {
                Box::pin(async move {
                    tx.record_erase_personal(&PrincipalId::from_stored("first"))
                        .await
                })
            })
            .await
            .unwrap();
        assert_eq!(erased, 1);
        let entries = house.records("a").await;
        assert_eq!((&entries[0].arguments, &entries[0].source), (&None, &None));
        // The call that erased is recorded itself, after the erasure.
        assert!(entries[1].arguments.is_some());
        assert!(house.records("b").await[0].arguments.is_some());
        house.assert_whole("a", 2).await;
        house.assert_whole("b", 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_in_a_name_is_recorded_as_a_replacement() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let mut record = house.record("a");
        record.subject = Some("a\0b".into());
        house.store.records().reserve().await.unwrap().leave(record);
        let entries = house.records("a").await;
        assert_eq!(entries[0].subject.as_deref(), Some("a\u{fffd}b"));
        house.assert_whole("a", 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_listed_in_pages_from_either_end() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        for _ in 0..7 {
            house.leave("a").await;
        }
        house.add("a", "x").await.unwrap();
        house.leave("b").await;
        house.store.records().flush().await.unwrap();
        for (order, expected) in [
            (Order::OldestFirst, [1, 2, 3, 4, 5, 6, 7, 8]),
            (Order::NewestFirst, [8, 7, 6, 5, 4, 3, 2, 1]),
        ] {
            let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let mut tx = house.store.read(&tenant("a")).await.unwrap();
                let page = tx
                    .record_list(&Filter::default(), order, cursor.as_deref(), 3)
                    .await
                    .unwrap();
                found.extend(page.entries.iter().map(|entry| entry.seq));
                pages += 1;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((found.as_slice(), pages), (&expected[..], 3));
        }
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        let later = Filter {
            since: Some(house.now().plus(std::time::Duration::from_secs(60))),
            ..Filter::default()
        };
        assert!(
            tx.record_list(&later, Order::OldestFirst, None, 10)
                .await
                .unwrap()
                .entries
                .is_empty()
        );
        let bad = tx
            .record_list(&Filter::default(), Order::OldestFirst, Some("nonsense"), 10)
            .await;
        assert_eq!(bad.unwrap_err().code(), genkan_core::Code::InvalidCursor);
    })
    .await;
}
