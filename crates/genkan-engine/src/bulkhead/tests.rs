//! A bounded number computes, others wait in order, and not for ever.

use futures_util::poll;

use super::*;

fn bulkhead(heavy_waiting: Duration) -> Bulkhead {
    Bulkhead::new(&Limits {
        heavy_calls: 1,
        heavy_waiting,
        ..Limits::default()
    })
}

#[tokio::test]
async fn the_next_comes_in_when_one_leaves() {
    let bulkhead = bulkhead(Duration::from_secs(600));
    let first = bulkhead.enter().await.unwrap();
    let mut second = Box::pin(bulkhead.enter());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    drop(second.await.unwrap());
}

#[tokio::test]
async fn who_waits_too_long_is_refused_and_holds_up_nobody() {
    let bulkhead = bulkhead(Duration::from_millis(1));
    let first = bulkhead.enter().await.unwrap();
    let refused = bulkhead.enter().await.unwrap_err();
    assert_eq!(refused.code(), Code::Overloaded);
    drop(first);
    drop(bulkhead.enter().await.unwrap());
}

#[tokio::test]
async fn a_wait_that_is_given_up_takes_no_place() {
    let bulkhead = bulkhead(Duration::from_secs(600));
    let first = bulkhead.enter().await.unwrap();
    let mut second = Box::pin(bulkhead.enter());
    assert!(poll!(&mut second).is_pending());
    drop((first, second));
    drop(bulkhead.enter().await.unwrap());
}
