//! Effects and their records: one transaction, one record, whatever happens.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use genkan_core::{Code, Error};

use crate::{
    database::each,
    fixture::{Fixture, named},
};

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writers_share_commits_and_lose_nothing() {
    each(|database| async move {
        let house = Arc::new(Fixture::open(&database).await);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16 {
            let house = Arc::clone(&house);
            writers.spawn(async move {
                let name = if writer % 2 == 0 { "a" } else { "b" };
                for round in 0..10 {
                    house
                        .add(name, &format!("p-{writer:02}-{round:02}"))
                        .await
                        .unwrap();
                    house.leave(name).await;
                }
            });
        }
        writers.join_all().await;
        for name in ["a", "b"] {
            assert_eq!(house.principals(name).await.len(), 81);
            house.assert_whole(name, 160).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_effect_rolls_back_alone() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let outcomes = futures_util::future::join_all((0..9).map(|number| {
            let house = &house;
            async move {
                let now = house.now();
                house
                    .write("a", move |tx| {
                        Box::pin(async move {
                            tx.principal_create(&named("a", &format!("p{number}")), now)
                                .await?;
                            if number % 3 == 0 {
                                return Err(Error::new(Code::Conflict, "on purpose"));
                            }
                            Ok(number)
                        })
                    })
                    .await
            }
        }))
        .await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok(answer) => assert_eq!(answer, number),
                Err(error) => assert_eq!((number % 3, error.code()), (0, Code::Conflict)),
            }
        }
        assert_eq!(
            house.principals("a").await,
            ["first", "p1", "p2", "p4", "p5", "p7", "p8"]
        );
        let (failed, ok) = ("failed conflict", "ok");
        assert_eq!(
            house.endings("a").await,
            [failed, failed, failed, ok, ok, ok, ok, ok, ok]
        );
        house.assert_whole("a", 9).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_statement_fails_its_effect_alone() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let (same, other, again) = tokio::join!(
            house.add("a", "first"),
            house.add("a", "second"),
            house.add("b", "x")
        );
        assert_eq!(same.unwrap_err().code(), Code::AlreadyExists);
        other.unwrap();
        again.unwrap();
        assert_eq!(house.endings("a").await, ["failed already_exists", "ok"]);
        house.assert_whole("a", 2).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_effect_that_goes_on_after_a_failed_statement_writes_nothing_on_postgres() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let now = house.now();
        let careless = || {
            house.write("a", move |tx| {
                Box::pin(async move {
                    tx.principal_create(&named("a", "before"), now).await?;
                    let _ = tx.principal_create(&named("a", "first"), now).await;
                    Ok(())
                })
            })
        };
        let (careless, good) = tokio::join!(careless(), house.add("a", "good"));
        good.unwrap();
        let expected = if database.is_postgres() {
            assert_eq!(careless.unwrap_err().code(), Code::Internal);
            vec!["first", "good"]
        } else {
            careless.unwrap();
            vec!["before", "first", "good"]
        };
        assert_eq!(house.principals("a").await, expected);
        house.assert_whole("a", 2).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panicking_effect_is_recorded_and_harms_nobody() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let now = house.now();
        for is_late in [false, true] {
            let panicking = house.write("a", move |tx| {
                assert!(is_late, "at once");
                Box::pin(async move {
                    tx.principal_create(&named("a", "half"), now).await?;
                    panic!("in the middle");
                    #[allow(unreachable_code)]
                    Ok(())
                })
            });
            let id = if is_late { "late" } else { "early" };
            let (panicked, good) = tokio::join!(panicking, house.add("a", id));
            assert_eq!(panicked.unwrap_err().code(), Code::Internal);
            good.unwrap();
        }
        assert_eq!(house.principals("a").await, ["early", "first", "late"]);
        assert_eq!(
            house.endings("a").await,
            ["ok", "ok", "panicked internal", "panicked internal"]
        );
        house.assert_whole("a", 4).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_caller_is_gone_is_not_run_and_recorded_as_cancelled() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let ran = Arc::new(AtomicU32::new(0));
        let ctx = house.context("a").await;
        ctx.cancel.cancel();
        let count = Arc::clone(&ran);
        let cancelled = house
            .store
            .write(&ctx, move |_tx| {
                count.fetch_add(1, Ordering::SeqCst);
                Box::pin(async { Ok(()) })
            })
            .await;
        assert_eq!(cancelled.unwrap_err().code(), Code::Cancelled);
        assert_eq!(ran.load(Ordering::SeqCst), 0);
        assert_eq!(house.endings("a").await, ["cancelled cancelled"]);
        house.assert_whole("a", 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_writes_once() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let ctx = house.context("a").await;
        house
            .store
            .write(&ctx, |_tx| Box::pin(async { Ok(()) }))
            .await
            .unwrap();
        let again = house
            .store
            .write(&ctx, |_tx| Box::pin(async { Ok(()) }))
            .await;
        assert_eq!(again.unwrap_err().code(), Code::Internal);
        house.assert_whole("a", 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_cannot_be_committed_is_tried_one_by_one() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        // The trigger lets a record of one subject break the whole group.
        let trigger = if database.is_postgres() {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF new.subject = 'poison' THEN RAISE 'poison'; END IF; RETURN new; END $$; \
             CREATE TRIGGER refuse BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION refuse()"
        } else {
            "CREATE TRIGGER refuse BEFORE INSERT ON record WHEN new.subject = 'poison' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        };
        database.tamper(trigger).await;
        let mut poison = house.record("a");
        poison.subject = Some("poison".into());
        house.store.records().reserve().await.unwrap().leave(poison);
        let (one, two) = tokio::join!(house.add("a", "one"), house.add("b", "two"));
        one.unwrap();
        two.unwrap();
        let drop = if database.is_postgres() {
            "DROP TRIGGER refuse ON record"
        } else {
            "DROP TRIGGER refuse"
        };
        database.tamper(drop).await;
        // What could not be written is kept, and written once it can be.
        house.assert_whole("a", 2).await;
        house.assert_whole("b", 1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_in_the_way_of_the_chain_does_not_stop_the_writer() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.add("a", "before").await.unwrap();
        database
            .tamper("UPDATE record SET seq = 2 WHERE tenant = 'a'")
            .await;
        let (one, two) = tokio::join!(house.add("a", "one"), house.add("a", "two"));
        one.unwrap();
        two.unwrap();
        house.leave("a").await;
        house.store.records().flush().await.unwrap();
        let report = house.verify("a").await;
        assert_eq!((report.records, report.writers), (4, 2));
        assert_eq!(
            house.principals("a").await,
            ["before", "first", "one", "two"]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_writes_what_is_queued_and_a_checkpoint() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        for _ in 0..100 {
            house.leave("a").await;
        }
        let lifecycle = house.lifecycle.clone();
        let late = house.store.records().reserve().await.unwrap();
        let record = house.record("a");
        let stopping =
            tokio::spawn(async move { lifecycle.stop(std::time::Duration::from_secs(10)).await });
        // A call in flight leaves its record after the stop has begun.
        house.lifecycle.soft_stop().cancelled().await;
        late.leave(record);
        assert_eq!(
            stopping.await.unwrap(),
            genkan_core::lifecycle::Stopped::Drained
        );
        let refused = house.store.records().reserve().await;
        assert_eq!(
            refused.err().map(|error| error.code()),
            Some(Code::ShuttingDown)
        );
        drop(house);
        assert_eq!(database.number("SELECT count(*) FROM record").await, 101);
        assert_eq!(database.number("SELECT count(*) FROM checkpoint").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_after_a_second() {
    each(|database| async move {
        let mut options = database.options();
        options.queue = 4;
        let house = Fixture::open_with(options).await;
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(house.store.records().reserve().await.unwrap());
        }
        let refused = house.store.records().reserve().await;
        assert_eq!(
            refused.err().map(|error| error.code()),
            Some(Code::Overloaded)
        );
        places.clear();
        house.add("a", "after").await.unwrap();
    })
    .await;
}
