//! Calls that left the house on both databases: kept until they are recorded, and lost with their
//! process.

use futures_util::future::join_all;
use genkan_core::{
    Code, Timestamp,
    digest::Digest,
    id::{IdempotencyKey, PrincipalId, WriterId},
    outcome::Disposition,
    record::Record,
};
use genkan_store::{Earlier, Keyed, Lease};

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
    departing_of(house, "a")
}

fn departing_of(house: &Fixture, tenant: &str) -> Record {
    Record {
        has_departed: true,
        ..house.record(tenant)
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
            .depart(&record, &lease("one", 100), None)
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
            .depart(&record, &lease("one", 100), None)
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
            .depart(&record, &lease("one", 100), None)
            .await
            .unwrap();
        assert_eq!(taken(&house, "two", 200).await.len(), 1);
        assert_eq!(taken(&house, "three", 301).await.len(), 1);
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_are_prolonged_while_calls_come_back_and_neither_is_refused() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let holding = async {
            loop {
                let held = house.store.system_write(|tx| {
                    Box::pin(async move { tx.departure_hold(&lease("one", 200)).await })
                });
                held.await.unwrap();
            }
        };
        let calling = async {
            for _ in 0..20 {
                let tenants = ["a", "b"].iter().cycle().take(60);
                let calls: Vec<_> = tenants.map(|name| departing_of(&house, name)).collect();
                let lease = lease("one", 100);
                let departed = calls
                    .iter()
                    .map(|call| house.store.depart(call, &lease, None));
                for departed in join_all(departed).await {
                    departed.unwrap();
                }
                // In another order than they left.
                for call in calls.into_iter().rev() {
                    house.store.records().reserve().await.unwrap().leave(call);
                }
                house.store.flush().await.unwrap();
            }
        };
        tokio::select! {
            () = holding => unreachable!("it never ends"),
            () = calling => {}
        }
        assert!(taken(&house, "two", 1_000).await.is_empty());
        house.assert_whole("a", 600).await;
        house.assert_whole("b", 600).await;
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
            .depart(&record, &lease("one", 100), None)
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

/// A call with the key, at this moment; what is known of an earlier one.
async fn keyed(house: &Fixture, record: &Record, arguments: &str, now: i64) -> Option<Earlier> {
    let keyed = Keyed {
        key: IdempotencyKey::parse("key").unwrap(),
        arguments: Digest::of(arguments.as_bytes()),
        now: Timestamp::from_millis(now),
        expires: Timestamp::from_millis(now + 1_000),
    };
    let lease = lease("one", 100);
    house
        .store
        .depart(record, &lease, Some(keyed))
        .await
        .unwrap()
}

/// The call ends so, and answers this.
async fn ends(house: &Fixture, record: Record, disposition: Disposition, answer: Option<&str>) {
    let place = house.store.records().reserve().await.unwrap();
    place.leave(Record {
        disposition,
        answer: answer.map(Into::into),
        ..record
    });
    house.store.flush().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_call_of_one_principal_until_it_expires() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let first = departing(&house);
        assert_eq!(keyed(&house, &first, "a", 0).await, None);
        let again = || departing(&house);
        assert_eq!(keyed(&house, &again(), "a", 1).await, Some(Earlier::Away));
        assert_eq!(keyed(&house, &again(), "b", 1).await, Some(Earlier::Other));
        ends(&house, first, Disposition::Ok, Some("{}")).await;
        let answered = Some(Earlier::Answered("{}".to_owned()));
        assert_eq!(keyed(&house, &again(), "a", 2).await, answered);
        // What was answered of the key leaves a record too, and changes nothing.
        ends(&house, again(), Disposition::Ok, None).await;
        assert_eq!(keyed(&house, &again(), "a", 3).await, answered);
        let somebody_else = Record {
            principal: Some(PrincipalId::from_stored("second")),
            ..again()
        };
        assert_eq!(keyed(&house, &somebody_else, "a", 4).await, None);
        assert_eq!(keyed(&house, &again(), "b", 1_001).await, None);
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_free_again_only_where_nothing_was_done() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let unknown = Some(Earlier::Unknown);
        for (now, (disposition, expected)) in (0..).step_by(2_000).zip([
            (Disposition::Failed(Code::InvalidArguments), None),
            (Disposition::InputRequired, None),
            (Disposition::Failed(Code::OutcomeUnknown), unknown.clone()),
            (Disposition::Cancelled, unknown.clone()),
            (Disposition::TimedOut, unknown.clone()),
            (Disposition::Panicked, unknown.clone()),
            // It was done, but its answer was too large to be kept.
            (Disposition::Ok, unknown),
        ]) {
            let call = departing(&house);
            assert_eq!(keyed(&house, &call, "a", now).await, None);
            ends(&house, call, disposition, None).await;
            let again = departing(&house);
            assert_eq!(
                keyed(&house, &again, "a", now).await,
                expected,
                "{disposition:?}"
            );
        }
        house.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_lost_call_is_known_to_be_unknown_and_is_erased_with_its_principal() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        assert_eq!(keyed(&house, &departing(&house), "a", 0).await, None);
        let [lost] = taken(&house, "two", 200).await.try_into().unwrap();
        ends(&house, lost.clone(), lost.disposition, None).await;
        let again = keyed(&house, &departing(&house), "a", 300).await;
        assert_eq!(again, Some(Earlier::Unknown));
        let erased = house.write("a", |tx| {
            Box::pin(async move { tx.record_erase_personal(&principal("a").id).await })
        });
        erased.await.unwrap();
        assert_eq!(keyed(&house, &departing(&house), "a", 300).await, None);
        house.close().await;
    })
    .await;
}
