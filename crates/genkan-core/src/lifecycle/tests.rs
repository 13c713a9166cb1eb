//! Threads that are waited for, panics on them that are not lost, and for whom tasks are done.

use std::time::Duration;

use tokio::sync::oneshot;

use super::*;
use crate::id::CorrelationId;

#[tokio::test]
async fn a_task_on_its_own_thread_is_waited_for() {
    let lifecycle = Lifecycle::new();
    let stop = lifecycle.soft_stop().clone();
    let (name, named) = oneshot::channel();
    lifecycle
        .start_on_thread("writes", move || async move {
            let own = thread::current().name().map(str::to_owned);
            name.send(own).unwrap();
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        })
        .unwrap();
    assert_eq!(named.await.unwrap().as_deref(), Some("writes"));
    assert_eq!(
        lifecycle.stop(Duration::from_secs(10)).await,
        Stopped::Drained
    );
}

#[tokio::test]
async fn nobody_waits_for_a_task_that_only_serves_others_but_its_panic_is_seen() {
    let lifecycle = Lifecycle::new();
    lifecycle.start_unawaited("goes on", std::future::pending());
    lifecycle.start_unawaited("panics", async { panic!("on purpose") });
    lifecycle.failed().cancelled().await;
    assert_eq!(
        lifecycle.stop(Duration::from_secs(600)).await,
        Stopped::Drained
    );
}

#[tokio::test]
async fn a_panic_on_a_thread_asks_the_process_to_end() {
    let lifecycle = Lifecycle::new();
    lifecycle
        .start_on_thread("panics", || async { panic!("on purpose") })
        .unwrap();
    lifecycle.failed().cancelled().await;
    assert_eq!(
        lifecycle.stop(Duration::from_secs(10)).await,
        Stopped::Drained
    );
}

#[tokio::test]
async fn a_task_is_done_for_the_request_that_starts_it_unless_it_serves_many() {
    let lifecycle = Lifecycle::new();
    let id = CorrelationId::parse("a-1").unwrap();
    let (own, owned) = oneshot::channel();
    let (common, shared) = oneshot::channel();
    let request = async {
        lifecycle.start("own", async { own.send(correlation::current()).unwrap() });
        let serving = async { common.send(correlation::current()).unwrap() };
        lifecycle.start("common", correlation::of_nobody(serving));
    };
    correlation::caused_by(id.clone(), request).await;
    assert_eq!(owned.await.unwrap(), Some(id));
    assert_eq!(shared.await.unwrap(), None);
    assert_eq!(correlation::current(), None);
}
