//! The task of one lane: gather, write, answer, try again what failed, checkpoint.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_core::{Clock, Code, Error, Result, id::TenantId};
use tokio::sync::oneshot;

use super::{
    Job, Work,
    connection::{Connection, control},
    group::Failure,
    kept::{Kept, Uncertain},
    lanes::Connections,
    queue::{GROUP, Queue, Taken},
};
use crate::{
    CrashPoint, Options,
    audit::{Chains, Head},
    db::{self, Link, fetch_optional},
};

/// Of how many jobs of a group that failed the log names the requests.
const TOLD: usize = 8;

/// One lane.
pub(super) struct Lane {
    queue: Arc<Queue>,
    pub(super) connection: Connection,
    pub(super) chains: Chains,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) counts: Arc<Connections>,
    pub(super) crash_point: Option<CrashPoint>,
    kept: Kept,
    flushes: Vec<oneshot::Sender<()>>,
    /// Tenants with records since their last checkpoint, and when it is due.
    pub(super) moved: BTreeSet<TenantId>,
    pub(super) checkpoint_at: Option<Instant>,
}

impl Lane {
    pub(super) fn new(
        options: &Options,
        queue: Arc<Queue>,
        chains: Chains,
        clock: Arc<dyn Clock>,
        counts: Arc<Connections>,
    ) -> Self {
        let connection = Connection::new(
            options.location.clone(),
            options.acquire_timeout,
            Arc::clone(&clock),
            Arc::clone(&counts),
        );
        Self {
            queue,
            connection,
            chains,
            clock,
            counts,
            crash_point: options.crash_point,
            kept: Kept::new(),
            flushes: Vec::new(),
            moved: BTreeSet::new(),
            checkpoint_at: None,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            match self.queue.take(self.nap()).await {
                Taken::Jobs(jobs) => self.turn(jobs).await,
                Taken::Last(jobs) => return self.finish(jobs).await,
            }
            if self
                .checkpoint_at
                .is_some_and(|due| due <= self.clock.monotonic())
            {
                self.checkpoint().await;
            }
        }
    }

    /// How long nothing needs to be done unless a job comes.
    fn nap(&self) -> Option<Duration> {
        let now = self.clock.monotonic();
        let checkpoint = self
            .checkpoint_at
            .map(|due| due.saturating_duration_since(now));
        self.kept.nap(now).into_iter().chain(checkpoint).min()
    }

    /// Writes what was kept, if it is time, and then the jobs.
    async fn turn(&mut self, mut jobs: Vec<Job>) {
        self.take_flushes(&mut jobs);
        if self.kept.is_due(self.clock.monotonic()) {
            // Settling may find that what was uncertain is durable, or has to be written after all.
            let settled = self.settle().await;
            let kept = std::mem::take(&mut self.kept.jobs);
            if settled.is_err() {
                self.kept.keep(kept);
            } else {
                self.write_all(kept).await;
            }
            self.kept.tried(self.clock.monotonic());
        }
        self.write_all(jobs).await;
        if self.kept.is_empty() {
            for flush in self.flushes.drain(..) {
                let _ = flush.send(());
            }
        }
    }

    async fn write_all(&mut self, mut jobs: Vec<Job>) {
        while jobs.len() > GROUP {
            let rest = jobs.split_off(GROUP);
            self.write(jobs).await;
            jobs = rest;
        }
        if !jobs.is_empty() {
            self.write(jobs).await;
        }
    }

    fn take_flushes(&mut self, jobs: &mut Vec<Job>) {
        if jobs.iter().all(|job| !matches!(job.work, Work::Flush(_))) {
            return;
        }
        for job in std::mem::take(jobs) {
            match job.work {
                Work::Flush(done) => self.flushes.push(done),
                _ => jobs.push(job),
            }
        }
    }

    /// Writes a group; if it cannot be written as a whole, each job alone.
    async fn write(&mut self, mut jobs: Vec<Job>) {
        jobs.sort_by(|a, b| a.tenant.cmp(&b.tenant));
        match self.attempt(&mut jobs).await {
            Ok(()) => {}
            Err(Failure::Whole(error) | Failure::Displaced(error)) if jobs.len() > 1 => {
                tracing::warn!(%error, jobs = jobs.len(), correlation_ids = told(&jobs), "a group of writes failed as a whole; trying each alone");
                for job in jobs {
                    self.write_alone(job).await;
                }
            }
            Err(failure) => self.fail(jobs, failure).await,
        }
    }

    async fn write_alone(&mut self, job: Job) {
        let mut jobs = vec![job];
        if let Err(failure) = self.attempt(&mut jobs).await {
            self.fail(jobs, failure).await;
        }
    }

    /// Answers the callers of what failed, and keeps the records.
    async fn fail(&mut self, mut jobs: Vec<Job>, failure: Failure) {
        let now = self.clock.monotonic();
        match failure {
            Failure::Down(error) | Failure::Deadlocked(error) => {
                tracing::warn!(
                    ?error,
                    jobs = jobs.len(),
                    correlation_ids = told(&jobs),
                    "the store cannot be written; records are kept"
                );
                jobs.iter_mut()
                    .for_each(|job| job.fail(copy_of(&error), now));
                self.kept.keep(jobs);
            }
            Failure::Unknown(error, heads) => {
                tracing::error!(
                    ?error,
                    jobs = jobs.len(),
                    correlation_ids = told(&jobs),
                    "the connection broke during a commit"
                );
                let unknown = || {
                    Error::new(
                        Code::OutcomeUnknown,
                        "the connection broke during the commit",
                    )
                };
                jobs.iter_mut().for_each(|job| job.fail(unknown(), now));
                jobs.retain(|job| job.entry.is_some());
                if !heads.is_empty() {
                    self.kept.uncertain = Some(Uncertain { heads, jobs });
                }
            }
            Failure::Whole(error) | Failure::Displaced(error) | Failure::Careless(error) => {
                tracing::error!(
                    ?error,
                    correlation_ids = told(&jobs),
                    "a write cannot be committed"
                );
                let had_work = jobs.iter().any(|job| !job.is_record());
                jobs.iter_mut()
                    .for_each(|job| job.fail(copy_of(&error), now));
                jobs.retain(|job| job.entry.is_some());
                // The effect is answered; what is left is its record, which may well be writable.
                let again = if had_work {
                    self.attempt(&mut jobs).await
                } else {
                    Err(Failure::Whole(error))
                };
                match again {
                    Ok(()) => return,
                    Err(Failure::Unknown(_, heads)) => {
                        self.kept.uncertain = Some(Uncertain { heads, jobs })
                    }
                    Err(_) => self.kept.keep(jobs),
                }
            }
        }
        self.kept.tried(now);
    }

    /// Finds out whether the group whose commit was not answered is durable.
    pub(super) async fn settle(&mut self) -> Result<()> {
        let Some(uncertain) = &self.kept.uncertain else {
            return Ok(());
        };
        let Some((tenant, expected)) = uncertain.heads.first() else {
            return Ok(());
        };
        let mut link = self.connection.begin().await?;
        let found = find_head(&mut link, tenant, self.chains.writer().as_str()).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                self.connection.lose(link);
                let error = Error::from(error);
                self.connection.back_off(error.code());
                return Err(error);
            }
        };
        if control(&mut link, "ROLLBACK").await.is_ok() {
            self.connection.put_back(link);
        } else {
            self.connection.lose(link);
        }
        // One transaction held all of the group, so one head speaks for all.
        let durable = found.as_ref() == Some(expected);
        if let Some(Uncertain { heads, jobs }) = self.kept.uncertain.take() {
            if durable {
                self.note_moved(&heads);
                self.chains.advance(heads);
            } else {
                self.kept.keep(jobs);
            }
        }
        Ok(())
    }

    /// The last words: everything that waits, then the checkpoints.
    async fn finish(mut self, jobs: Vec<Job>) {
        self.connection.hurry();
        self.kept.hurry();
        self.turn(jobs).await;
        if !self.moved.is_empty() {
            self.checkpoint().await;
        }
        let lost = self.kept.jobs.len()
            + self
                .kept
                .uncertain
                .as_ref()
                .map_or(0, |uncertain| uncertain.jobs.len());
        if lost > 0 {
            tracing::error!(
                records = lost,
                "the store stayed away: records of calls are lost with this process"
            );
        }
        self.connection.close().await;
    }
}

/// For whom the jobs are done, for the log: the first few, since a group is large when much is wrong.
fn told(jobs: &[Job]) -> String {
    let records = jobs.iter().filter_map(|job| job.entry.as_ref());
    let ids = records.map(|entry| entry.record.correlation_id.as_str());
    ids.take(TOLD).collect::<Vec<_>>().join(" ")
}

async fn find_head(
    link: &mut Link,
    tenant: &TenantId,
    writer: &str,
) -> Result<Option<Head>, db::Error> {
    // PostgreSQL may still be busy with the commit: the lock waits for it.
    let sql = link.dialect().pick(
        "SELECT seq, hash FROM head WHERE tenant = $1 AND writer = $2",
        "SELECT seq, hash FROM head WHERE tenant = $1 AND writer = $2 FOR UPDATE",
    );
    let row: Option<(i64, String)> = fetch_optional!(link, sql, tenant.as_str(), writer)?;
    Ok(row.map(|(seq, hash)| Head { seq, hash }))
}

/// The same error for each of several callers. The source was logged once.
fn copy_of(error: &Error) -> Error {
    Error::new(error.code(), error.message().to_owned())
}
