//! Several processes on one store: each has its own chain, all see each other's writes.

use std::sync::Arc;

use crate::{database::each, fixture::Fixture};

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_one_database_see_each_other_and_both_chains_verify() {
    each(|database| async move {
        let houses = [Arc::new(Fixture::open(&database).await), Arc::new(Fixture::open(&database).await)];
        let mut writers = tokio::task::JoinSet::new();
        for (number, house) in houses.iter().enumerate() {
            for task in 0..4 {
                let house = Arc::clone(house);
                writers.spawn(async move {
                    for round in 0..10 {
                        house.add("a", &format!("p{number}-{task}-{round}")).await.unwrap();
                        house.leave("a").await;
                    }
                });
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
