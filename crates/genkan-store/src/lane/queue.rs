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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Job, Work};

/// How long a call waits for a place in a full queue.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a stopping store looks whether the last call has left.
const STOP_CHECK: Duration = Duration::from_millis(5);

/// The senders of every lane, and the places in their common queue.
///
/// A job holds its place until it is durable, and each channel is as long as there are places, so
/// sending never waits and what is not yet durable is bounded.
pub(crate) struct Lanes {
    senders: Vec<mpsc::Sender<Job>>,
    places: Arc<Semaphore>,
    capacity: usize,
    pub(super) ended: CancellationToken,
    /// Lanes that have a connection, and those of them that are using it.
    pub(crate) connected: AtomicUsize,
    pub(crate) busy: AtomicUsize,
}

impl Lanes {
    pub(super) fn new(lanes: usize, capacity: usize) -> (Self, Vec<mpsc::Receiver<Job>>) {
        let (senders, receivers) = (0..lanes.max(1)).map(|_| mpsc::channel(capacity)).unzip();
        let places = Arc::new(Semaphore::new(capacity));
        let ended = CancellationToken::new();
        let lanes = Self {
            senders,
            places,
            capacity,
            ended,
            connected: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
        };
        (lanes, receivers)
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
        self.senders[lane]
            .try_send(job)
            .map_err(|_| Error::new(Code::ShuttingDown, "the store is closed"))
    }

    fn lane_of(&self, job: &Job) -> usize {
        let lanes = self.senders.len();
        let Some(tenant) = job.tenant.as_ref().filter(|_| lanes > 1) else {
            return 0;
        };
        let mut hasher = DefaultHasher::new();
        tenant.as_str().hash(&mut hasher);
        usize::try_from(hasher.finish() % (lanes as u64)).unwrap_or(0)
    }

    /// Waits until everything sent before is durable, in every lane.
    pub(crate) async fn flush(&self) -> Result<()> {
        let closed = |_| Error::new(Code::ShuttingDown, "the store is closed");
        let mut waiting = Vec::with_capacity(self.senders.len());
        for sender in &self.senders {
            let (done, is_done) = oneshot::channel();
            let job = Job::of_house(self.reserve().await?, Work::Flush(done));
            sender
                .try_send(job)
                .map_err(|_| Error::new(Code::ShuttingDown, "the store is closed"))?;
            waiting.push(is_done);
        }
        for is_done in waiting {
            is_done.await.map_err(closed)?;
        }
        Ok(())
    }

    /// How many jobs wait.
    pub(crate) fn waiting(&self) -> usize {
        self.senders
            .iter()
            .map(|sender| sender.max_capacity() - sender.capacity())
            .sum()
    }

    pub(crate) fn connections(&self) -> (usize, usize) {
        let busy = self.busy.load(Ordering::Relaxed);
        (
            busy,
            self.connected.load(Ordering::Relaxed).saturating_sub(busy),
        )
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
        self.places.close();
        self.ended.cancel();
    }

    async fn until_idle(&self) {
        while self.places.available_permits() < self.capacity {
            tokio::time::sleep(STOP_CHECK).await;
        }
    }
}
