//! Tasks are started here and nowhere else: named, cancelled together, awaited at the end.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, debug, error};

use crate::correlation;

/// Starts tasks and ends them: first a soft stop that drains, then a hard one that does not wait.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    failed: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// A new one with no tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a named task. A panic in it asks the whole process to end with a report. What it logs
    /// names the request that started it, if one did; a task that serves many says so itself
    /// ([`correlation::of_nobody`]).
    pub fn start(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(self.watched(name, task));
    }

    /// Starts a named task that nobody waits for at the end, since it only serves others, such as the
    /// connection that a call goes over: who waits for them has waited for it.
    #[allow(
        clippy::disallowed_methods,
        reason = "beside `watched` the one place that spawns"
    )]
    pub fn start_unawaited(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        tokio::spawn(self.watched(name, task));
    }

    /// Runs a task, and watches it with a second, tiny future, so that a panic is seen and not lost.
    #[allow(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn watched(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let span = tracing::debug_span!("task", task.name = name);
        let running = tokio::spawn(correlation::carried(task.instrument(span)));
        let failed = self.failed.clone();
        correlation::carried(async move {
            match running.await {
                Ok(()) => debug!(task.name = name, "task `{name}` ended"),
                Err(end) if end.is_panic() => {
                    error!(
                        task.name = name,
                        "task `{name}` panicked; the process will end"
                    );
                    failed.cancel();
                }
                Err(_) => debug!(task.name = name, "task `{name}` was dropped"),
            }
        })
    }

    /// Starts a named task on a thread of its own, for what blocks: a file that is written through to
    /// the disk. It has timers but no sockets.
    ///
    /// Error: the system gives no thread.
    pub fn start_on_thread<F: Future<Output = ()>>(
        &self,
        name: &'static str,
        task: impl FnOnce() -> F + Send + 'static,
    ) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let (tracked, failed) = (self.tasks.token(), self.failed.clone());
        let span = tracing::debug_span!("task", task.name = name);
        let run = move || {
            let running = AssertUnwindSafe(|| runtime.block_on(task().instrument(span)));
            match catch_unwind(running) {
                Ok(()) => debug!(task.name = name, "task `{name}` ended"),
                Err(_panic) => {
                    error!(
                        task.name = name,
                        "task `{name}` panicked; the process will end"
                    );
                    failed.cancel();
                }
            }
            drop(tracked);
        };
        thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(())
    }

    /// Cancelled when no new work should begin; what runs may finish.
    pub fn soft_stop(&self) -> &CancellationToken {
        &self.soft
    }

    /// Cancelled when waiting is over.
    pub fn hard_stop(&self) -> &CancellationToken {
        &self.hard
    }

    /// Cancelled when a task panicked: the process cannot be trusted any longer.
    pub fn failed(&self) -> &CancellationToken {
        &self.failed
    }

    /// Ends everything: soft stop, up to `drain` of waiting, hard stop, then one more second.
    pub async fn stop(&self, drain: Duration) -> Stopped {
        self.soft.cancel();
        self.tasks.close();
        let is_drained = tokio::time::timeout(drain, self.tasks.wait()).await.is_ok();
        self.hard.cancel();
        if is_drained {
            return Stopped::Drained;
        }
        match tokio::time::timeout(Duration::from_secs(1), self.tasks.wait()).await {
            Ok(()) => Stopped::CutOff,
            Err(_) => Stopped::Stuck,
        }
    }
}

/// How a lifecycle ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Every task ended by itself.
    Drained,
    /// Some ended only when they were told not to wait any longer.
    CutOff,
    /// Some did not even then.
    Stuck,
}

#[cfg(test)]
mod tests;
