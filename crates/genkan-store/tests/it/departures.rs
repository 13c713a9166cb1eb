//! Calls that left the house on both databases: kept until they are recorded, and lost with their
//! process.

use genkan_core::{Timestamp, id::WriterId, record::Record};
use genkan_store::Lease;

use crate::{
    database::each,
    fixture::{Fixture, principal, tenant},
};

fn lease(writer: &str, until: i64) -> Lease {
    Lease {
        writer: WriterId::from_stored(writer),
        until: Timestamp::from_millis(until),
    }
}

fn departing(house: &Fixture) -> Record {
    Record {
        has_departed: true,
        ..house.record("a")
    }
}

/// What a process takes over that finds it at this moment.
async fn taken(house: &Fixture, by: &'static str, at: i64) -> Vec<Record> {
    let taken = house.store.system_write(move |tx| {
        Box::pin(async move {
            let now = Timestamp::from_millis(at);
            tx.departure_take_lost(&lease(by, at + 100), now).await
        })
    });
    taken.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_recorded_is_away_no_longer() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let record = departing(&house);
        house
            .store
            .depart(&record, &lease("one", 100))
            .await
            .unwrap();
        house.store.records().reserve().await.unwrap().leave(record);
        house.store.flush().await.unwrap();
        assert!(taken(&house, "two", 1_000).await.is_empty());
        house.assert_whole("a", 1).await;
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_lost_when_its_lease_is_over_and_taken_by_one() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let record = departing(&house);
        house
            .store
            .depart(&record, &lease("one", 100))
            .await
            .unwrap();
        assert!(taken(&house, "two", 100).await.is_empty());
        let held = house.store.system_write(|tx| {
            Box::pin(async move { tx.departure_hold(&lease("one", 300)).await })
        });
        held.await.unwrap();
        assert!(taken(&house, "two", 300).await.is_empty());
        let lost = taken(&house, "two", 301).await;
        assert!(taken(&house, "three", 302).await.is_empty());
        let [lost] = lost.try_into().unwrap();
        assert_eq!(
            (
                &lost.id,
                &lost.subject,
                lost.door,
                &lost.correlation_id,
                &lost.personal.arguments
            ),
            (
                &record.id,
                &record.subject,
                record.door,
                &record.correlation_id,
                &record.personal.arguments
            ),
        );
        house.store.records().reserve().await.unwrap().leave(lost);
        assert_eq!(house.endings("a").await, ["failed outcome_unknown"]);
        assert!(taken(&house, "three", 10_000).await.is_empty());
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_took_a_lost_call_and_died_leaves_it_to_the_next() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let record = departing(&house);
        house
            .store
            .depart(&record, &lease("one", 100))
            .await
            .unwrap();
        assert_eq!(taken(&house, "two", 200).await.len(), 1);
        assert_eq!(taken(&house, "three", 301).await.len(), 1);
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_a_person_is_erased_in_calls_that_are_away() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let record = departing(&house);
        house
            .store
            .depart(&record, &lease("one", 100))
            .await
            .unwrap();
        let erased = house.write("a", |tx| {
            Box::pin(async move { tx.record_erase_personal(&principal("a").id).await })
        });
        erased.await.unwrap();
        let [lost] = taken(&house, "two", 200).await.try_into().unwrap();
        assert_eq!(lost.tenant, tenant("a"));
        assert!(lost.personal.arguments.is_none() && lost.personal.source.is_none());
        house.close().await;
    })
    .await;
}
