//! One group in one transaction: each effect so that it fails alone, then all records.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use genkan_core::{Code, Error, Result, id::TenantId};

use super::{
    Job,
    connection::control,
    effects::{ActsAs, Group, Undoing},
    worker::Lane,
};
use crate::{
    CrashPoint,
    audit::{self, Head},
    db::{self, Link},
    departures, measure,
};

/// How long one effect, or the writing of the records, may take. PostgreSQL ends a statement
/// before that, so this is for a network that swallows answers.
pub(super) const LIMIT: Duration = Duration::from_secs(40);

/// Why nothing, or perhaps nothing, of a group was written.
pub(super) enum Failure {
    /// Nothing was written: the database is away, locked or full.
    Down(Error),
    /// Nothing was written: this transaction and another one waited for each other.
    Deadlocked(Error),
    /// Nothing was written: something in the group cannot be.
    Whole(Error),
    /// Nothing was written: another record stands where the first one of ours belongs.
    Displaced(Error),
    /// Nothing was written: an effect has to be undone alone, which needs savepoints.
    Careless(Error),
    /// The commit was sent and not answered. With the heads as they are if it was done.
    Unknown(Error, Vec<(TenantId, Head)>),
}

impl Failure {
    fn code(&self) -> Code {
        match self {
            Self::Down(error)
            | Self::Deadlocked(error)
            | Self::Whole(error)
            | Self::Displaced(error)
            | Self::Careless(error)
            | Self::Unknown(error, _) => error.code(),
        }
    }
}

impl From<db::Error> for Failure {
    fn from(error: db::Error) -> Self {
        match error {
            error if error.is_deadlock() => Self::Deadlocked(error.into()),
            db::Error::Disconnected(_)
            | db::Error::Full(_)
            | db::Error::Locked(_)
            | db::Error::Busy => Self::Down(error.into()),
            db::Error::Duplicate(_) | db::Error::Corrupt(_) | db::Error::Failed(_) => {
                Self::Whole(error.into())
            }
        }
    }
}

impl Lane {
    /// Writes the jobs, which are sorted by tenant, in one transaction, and answers them.
    pub(super) async fn attempt(&mut self, jobs: &mut [Job]) -> Result<(), Failure> {
        self.settle().await.map_err(Failure::Down)?;
        let begun = self.clock.monotonic();
        self.counts.busy.fetch_add(1, Ordering::Relaxed);
        let outcome = self.transact_again(jobs).await;
        self.counts.busy.fetch_sub(1, Ordering::Relaxed);
        outcome?;
        measure::group(
            jobs.len(),
            self.clock.monotonic().saturating_duration_since(begun),
        );
        self.crash(CrashPoint::BeforeAnswer, jobs);
        jobs.iter_mut().for_each(Job::answer);
        Ok(())
    }

    /// Tries again what can be tried again at once.
    async fn transact_again(&mut self, jobs: &mut [Job]) -> Result<(), Failure> {
        let effects = jobs.iter().filter(|job| !job.is_record()).count();
        let mut undoing = if effects == 1 {
            Undoing::Alone
        } else {
            Undoing::ByRedoing
        };
        let (mut is_anew, mut is_again) = (false, false);
        loop {
            match self.transact(jobs, undoing).await {
                Err(Failure::Careless(_)) => undoing = Undoing::BySavepoint { is_set: false },
                Err(Failure::Deadlocked(_)) if !is_again => is_again = true,
                Err(Failure::Displaced(_)) if !is_anew => {
                    // Somebody wrote where our chain goes on, perhaps a commit of our own that was
                    // given up too early. This chain ends where it is; another one begins.
                    self.chains.begin_anew(&*self.clock);
                    is_anew = true;
                }
                outcome => return outcome,
            }
        }
    }

    async fn transact(&mut self, jobs: &mut [Job], undoing: Undoing) -> Result<(), Failure> {
        let link = self.connection.begin().await.map_err(Failure::Down)?;
        let mut group = Group {
            link: Some(link),
            acts_as: ActsAs::House,
            undoing,
            clock: Arc::clone(&self.clock),
        };
        let filled = self.fill(&mut group, jobs).await;
        let Some(mut link) = group.link.take() else {
            self.connection.note_lost();
            return Err(Failure::Down(Error::new(
                Code::StoreUnavailable,
                "the database did not answer in time",
            )));
        };
        let heads = match filled {
            Ok(heads) => heads,
            Err(failure) => {
                self.give_up(link, &failure).await;
                return Err(failure);
            }
        };
        self.crash(CrashPoint::BeforeCommit, jobs);
        if let Err(failure) = commit(&mut link, &heads).await {
            self.give_up(link, &failure).await;
            return Err(failure);
        }
        self.crash(CrashPoint::AfterCommit, jobs);
        self.connection.put_back(link);
        self.note_moved(&heads);
        self.chains.advance(heads);
        Ok(())
    }

    /// Runs the effects and writes the records. Returns the heads as they will be.
    async fn fill(
        &mut self,
        group: &mut Group,
        jobs: &mut [Job],
    ) -> Result<Vec<(TenantId, Head)>, Failure> {
        for job in jobs.iter_mut().filter(|job| !job.is_record()) {
            group.run(job).await?;
        }
        let records: Vec<_> = jobs
            .iter()
            .filter_map(|job| job.entry.as_ref().map(|entry| &entry.record))
            .collect();
        if records.is_empty() {
            return Ok(Vec::new());
        }
        group.be_house().await?;
        let staged = self.chains.stage(&records);
        let link = group.link()?;
        let writing = async {
            departures::close(link, &records).await?;
            audit::write_records(link, &staged, &self.chains).await
        };
        match tokio::time::timeout(LIMIT, writing).await {
            Ok(Ok(())) => {}
            Ok(Err(error @ db::Error::Duplicate(_))) => {
                return Err(Failure::Displaced(Error::internal(error)));
            }
            Ok(Err(error)) => return Err(error.into()),
            Err(_late) => {
                group.link = None;
                return Err(too_late());
            }
        }
        Ok(staged.heads)
    }

    /// Ends a transaction that will not be committed.
    async fn give_up(&mut self, mut link: Link, failure: &Failure) {
        let code = match failure {
            Failure::Deadlocked(_)
            | Failure::Whole(_)
            | Failure::Displaced(_)
            | Failure::Careless(_) => {
                if control(&mut link, "ROLLBACK").await.is_ok() {
                    self.connection.put_back(link);
                    return;
                }
                // Whatever it was, what keeps others waiting is the connection, which has gone too.
                Code::StoreUnavailable
            }
            _ => failure.code(),
        };
        self.connection.lose(link);
        self.connection.back_off(code);
    }

    fn crash(&self, point: CrashPoint, jobs: &[Job]) {
        if self.crash_point == Some(point) && jobs.iter().any(Job::is_recorded_write) {
            die();
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a test of crashes asked for it")]
fn die() -> ! {
    std::process::abort()
}

async fn commit(link: &mut Link, heads: &[(TenantId, Head)]) -> Result<(), Failure> {
    // PostgreSQL commits nothing of a transaction in which a statement failed, and does not say so; it
    // refuses any other statement.
    let commit = link.dialect().pick("COMMIT", "SELECT 1; COMMIT");
    match tokio::time::timeout(LIMIT, control(link, commit)).await {
        Ok(Ok(())) => Ok(()),
        // A commit that finds no room has written nothing that counts.
        Ok(Err(error @ db::Error::Full(_))) => Err(error.into()),
        Ok(Err(error)) if error.is_disconnected() => {
            Err(Failure::Unknown(error.into(), heads.to_vec()))
        }
        Ok(Err(error)) => Err(error.into()),
        Err(_late) => {
            let error = Error::new(
                Code::StoreUnavailable,
                "the database did not answer in time",
            );
            Err(Failure::Unknown(error, heads.to_vec()))
        }
    }
}

pub(super) fn too_late() -> Failure {
    Failure::Down(Error::new(
        Code::StoreUnavailable,
        "the database did not answer in time",
    ))
}
