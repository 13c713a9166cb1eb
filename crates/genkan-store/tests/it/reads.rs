//! Read transactions: one state, no writing, an end when dropped.

use crate::{
    database::each,
    fixture::{Fixture, named, tenant},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_read_sees_one_state() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert_eq!(tx.principal_list(None, 10).await.unwrap().len(), 1);
        house.add("a", "later").await.unwrap();
        assert_eq!(tx.principal_list(None, 10).await.unwrap().len(), 1);
        drop(tx);
        assert_eq!(house.principals("a").await.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_cannot_write() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        let mut tx = house.store.read(&tenant("a")).await.unwrap();
        assert!(
            tx.principal_create(&named("a", "x"), house.now())
                .await
                .is_err()
        );
        drop(tx);
        let mut tx = house.store.system_read().await.unwrap();
        assert!(tx.meta_set("k", "v").await.is_err());
        drop(tx);
        assert_eq!(house.principals("a").await, ["first"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_answers() {
    each(|database| async move {
        let house = Fixture::open(&database).await;
        house.store.check().await.unwrap();
        assert_eq!(
            house.store.kind(),
            if database.is_postgres() {
                "postgres"
            } else {
                "sqlite"
            }
        );
    })
    .await;
}
