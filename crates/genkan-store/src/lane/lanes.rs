//! The way into the lanes: places in the queue, and which lane a tenant belongs to.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use genkan_core::{Code, Error, Result, lifecycle::Lifecycle};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{
    Job, Work,
    queue::{Closed, Queue},
};

/// How long a call waits for a place in a full queue.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a stopping store looks whether the last call has left.
const STOP_CHECK: Duration = Duration::from_millis(5);

/// The queue of every lane, and the places in them.
///
/// A job holds its place until it is durable, so sending never waits and what is not yet durable is
/// bounded. When this is dropped the lanes write what they have and end.
pub(crate) struct Lanes {
    queues: Vec<Arc<Queue>>,
    places: Arc<Semaphore>,
    capacity: usize,
    connections: Arc<Connections>,
}

/// How many lanes have a connection, and how many of them are using it.
#[derive(Default)]
pub(super) struct Connections {
    pub(super) open: AtomicUsize,
    pub(super) busy: AtomicUsize,
}

impl Lanes {
    pub(super) fn new(lanes: usize, capacity: usize, gather: Duration) -> Self {
        Self {
            queues: (0..lanes.max(1))
                .map(|_| Arc::new(Queue::new(gather)))
                .collect(),
            places: Arc::new(Semaphore::new(capacity)),
            capacity,
            connections: Arc::default(),
        }
    }

    pub(super) fn queues(&self) -> &[Arc<Queue>] {
        &self.queues
    }

    pub(super) fn counts(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// Takes a place, waiting for at most a second.
    pub(crate) async fn reserve(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(permit);
        }
        let waiting = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_closed)) => Err(Error::new(Code::ShuttingDown, "the store is closing")),
            Err(_late) => Err(Error::new(
                Code::Overloaded,
                "too many calls wait for the store",
            )),
        }
    }

    /// Hands a job to the lane of its tenant.
    pub(crate) fn send(&self, job: Job) -> Result<()> {
        let lane = self.lane_of(&job);
        Ok(self.queues[lane].send(job)?)
    }

    fn lane_of(&self, job: &Job) -> usize {
        let lanes = self.queues.len();
        let Some(tenant) = job.tenant.as_ref().filter(|_| lanes > 1) else {
            return 0;
        };
        let mut hasher = DefaultHasher::new();
        tenant.as_str().hash(&mut hasher);
        usize::try_from(hasher.finish() % (lanes as u64)).unwrap_or(0)
    }

    /// Waits until everything sent before is durable, in every lane.
    pub(crate) async fn flush(&self) -> Result<()> {
        let mut waiting = Vec::with_capacity(self.queues.len());
        for queue in &self.queues {
            let (done, is_done) = oneshot::channel();
            let job = Job::of_house(None, self.reserve().await?, Work::Flush(done));
            queue.send(job)?;
            waiting.push(is_done);
        }
        for is_done in waiting {
            is_done.await.map_err(|_| Closed)?;
        }
        Ok(())
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queues.iter().map(|queue| queue.len()).sum()
    }

    /// How many connections are in use, and how many are open and are not.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let busy = self.connections.busy.load(Ordering::Relaxed);
        let open = self.connections.open.load(Ordering::Relaxed);
        (busy, open.saturating_sub(busy))
    }

    /// Ends the lanes after the last place has come back: calls in flight still leave their
    /// records after the soft stop.
    pub(super) async fn end_with(self: Arc<Self>, lifecycle: Lifecycle) {
        lifecycle.soft_stop().cancelled().await;
        let left = async {
            self.until_idle().await;
            self.places.close();
            // Somebody may have taken a place just before it closed.
            self.until_idle().await;
        };
        tokio::select! {
            () = left => {}
            () = lifecycle.hard_stop().cancelled() => {}
        }
        self.close();
    }

    async fn until_idle(&self) {
        while self.places.available_permits() < self.capacity {
            tokio::time::sleep(STOP_CHECK).await;
        }
    }

    fn close(&self) {
        self.places.close();
        self.queues.iter().for_each(|queue| queue.close());
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.close();
    }
}

impl From<Closed> for Error {
    fn from(_: Closed) -> Self {
        Self::new(Code::ShuttingDown, "the store is closed")
    }
}
