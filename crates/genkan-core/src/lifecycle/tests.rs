//! Threads that are waited for, and panics on them that are not lost.

use std::time::Duration;

use tokio::sync::oneshot;

use super::*;

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
