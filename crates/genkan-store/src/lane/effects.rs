//! The effects of a group: each can fail, panic or be given up without harm to the others.
//!
//! Most effects succeed, and one that fails has seldom changed anything. So they run one after another
//! without savepoints; when one fails that may have changed something, the whole group begins again,
//! with a savepoint before each.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use genkan_core::{Clock, Code, Error, Result, id::TenantId, outcome::Disposition};

use super::{
    Job, Work,
    connection::control,
    group::{Failure, LIMIT, too_late},
    job::Run,
};
use crate::{
    SystemTx, TenantTx,
    db::{self, Link},
    tx::take_role,
};

/// The transaction of a group while its effects run.
pub(super) struct Group {
    /// Absent when it was lost on the way.
    pub(super) link: Option<Link>,
    pub(super) acts_as: ActsAs,
    pub(super) undoing: Undoing,
    pub(super) clock: Arc<dyn Clock>,
}

/// How an effect of the group is undone without the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Undoing {
    /// There are no others: the transaction begins again.
    Alone,
    /// It is not: the group begins again, with savepoints.
    ByRedoing,
    /// Back to the savepoint before it. Says whether that is set already.
    BySavepoint { is_set: bool },
}

/// Which role the transaction has on PostgreSQL.
#[derive(PartialEq, Eq)]
pub(super) enum ActsAs {
    House,
    Tenant(TenantId),
    /// An effect was undone, and perhaps the taking of its role with it.
    Unknown,
}

/// How an effect ended.
enum Ended {
    Returned(Result<()>),
    Panicked,
    Late,
}

impl Group {
    pub(super) fn link(&mut self) -> Result<&mut Link, Failure> {
        self.link.as_mut().ok_or_else(too_late)
    }

    /// Runs the work of one job. An error of its own ends only it; `Err` ends the group.
    pub(super) async fn run(&mut self, job: &mut Job) -> Result<(), Failure> {
        if is_abandoned(&job.work) {
            job.conclude(Disposition::Cancelled, self.clock.monotonic());
            job.outcome = Err(Error::new(
                Code::Cancelled,
                "the caller was gone before the write began",
            ));
            return Ok(());
        }
        match (&job.work, &job.tenant) {
            (Work::Tenant(_), Some(tenant)) => self.be_tenant(tenant).await?,
            _ => self.be_house().await?,
        }
        if self.undoing == (Undoing::BySavepoint { is_set: false }) {
            control(self.link()?, "SAVEPOINT effect").await?;
            self.undoing = Undoing::BySavepoint { is_set: true };
        }
        let before = self.link()?.changes();
        let (disposition, outcome) = match self.enter(job).await {
            Ended::Returned(Ok(())) if self.keep().await? => (Disposition::Ok, Ok(())),
            Ended::Returned(Ok(())) => {
                self.undo(before).await?;
                let error = Error::internal("an effect went on after a statement of it had failed");
                (Disposition::Failed(Code::Internal), Err(error))
            }
            // The next one would find no room either, and SQLite may have ended the transaction.
            Ended::Returned(Err(error)) if error.code() == Code::StoreFull => {
                return Err(Failure::Down(error));
            }
            // PostgreSQL has ended the transaction of all.
            Ended::Returned(Err(error)) if db::Error::deadlock(&error) => {
                return Err(Failure::Deadlocked(error));
            }
            Ended::Returned(Err(error)) => {
                self.undo(before).await?;
                (Disposition::Failed(error.code()), Err(error))
            }
            Ended::Panicked => {
                self.undo(before).await?;
                (
                    Disposition::Panicked,
                    Err(Error::internal("a write panicked")),
                )
            }
            Ended::Late => return Err(too_late()),
        };
        job.conclude(disposition, self.clock.monotonic());
        job.outcome = outcome;
        Ok(())
    }

    /// Lends the connection to the work.
    async fn enter(&mut self, job: &mut Job) -> Ended {
        let Some(link) = self.link.take() else {
            return Ended::Late;
        };
        match (&mut job.work, &job.tenant) {
            (Work::Tenant(work), Some(tenant)) => {
                let mut tx = TenantTx::resume(link, tenant.clone());
                let ended = run_guarded(work.as_mut(), &mut tx).await;
                self.link = Some(tx.into_link()).filter(|_| !matches!(ended, Ended::Late));
                ended
            }
            (Work::System(work), _) => {
                let mut tx = SystemTx::resume(link);
                let ended = run_guarded(work.as_mut(), &mut tx).await;
                self.link = Some(tx.into_link()).filter(|_| !matches!(ended, Ended::Late));
                ended
            }
            (Work::None | Work::Flush(_), _) | (Work::Tenant(_), None) => {
                self.link = Some(link);
                Ended::Returned(Ok(()))
            }
        }
    }

    /// Keeps what the effect did; false when PostgreSQL has ended the transaction meanwhile. The
    /// savepoint for the next one is set in the same trip; the commit does not mind one more.
    async fn keep(&mut self) -> Result<bool, Failure> {
        match self.undoing {
            // Without a savepoint the next statement finds out, and there is one: at the latest that
            // before the commit.
            Undoing::Alone | Undoing::ByRedoing => return Ok(true),
            Undoing::BySavepoint { .. } => {}
        }
        match control(self.link()?, "RELEASE SAVEPOINT effect; SAVEPOINT effect").await {
            Ok(()) => Ok(true),
            Err(error) if error.is_disconnected() => Err(error.into()),
            Err(_ended) => Ok(false),
        }
    }

    /// Undoes what the effect did, and nothing else. `before` is how much had changed before it.
    async fn undo(&mut self, before: Option<u64>) -> Result<(), Failure> {
        if before.is_some() && before == self.link()?.changes() {
            return Ok(());
        }
        match self.undoing {
            Undoing::Alone => {
                let begin = self.link()?.dialect().pick("BEGIN IMMEDIATE", "BEGIN");
                control(self.link()?, "ROLLBACK").await?;
                control(self.link()?, begin).await?;
                // The role ended with the transaction; the connection's own is the house.
                self.acts_as = ActsAs::House;
                Ok(())
            }
            Undoing::ByRedoing => Err(Failure::Careless(Error::internal(
                "an effect has to be undone alone",
            ))),
            Undoing::BySavepoint { .. } => {
                self.acts_as = ActsAs::Unknown;
                Ok(control(self.link()?, "ROLLBACK TO SAVEPOINT effect").await?)
            }
        }
    }

    async fn be_tenant(&mut self, tenant: &TenantId) -> Result<(), Failure> {
        if !matches!(&self.acts_as, ActsAs::Tenant(present) if present == tenant) {
            take_role(self.link()?, "genkan_app", tenant.as_str()).await?;
            self.acts_as = ActsAs::Tenant(tenant.clone());
        }
        Ok(())
    }

    pub(super) async fn be_house(&mut self) -> Result<(), Failure> {
        if self.acts_as != ActsAs::House {
            take_role(self.link()?, "genkan_system", "").await?;
            self.acts_as = ActsAs::House;
        }
        Ok(())
    }
}

fn is_abandoned(work: &Work) -> bool {
    match work {
        Work::Tenant(work) => work.is_abandoned(),
        Work::System(work) => work.is_abandoned(),
        Work::None | Work::Flush(_) => false,
    }
}

async fn run_guarded<Tx>(work: &mut dyn Run<Tx>, tx: &mut Tx) -> Ended {
    let running = AssertUnwindSafe(work.run(tx)).catch_unwind();
    match tokio::time::timeout(LIMIT, running).await {
        Ok(Ok(outcome)) => Ended::Returned(outcome),
        Ok(Err(_panic)) => Ended::Panicked,
        Err(_late) => Ended::Late,
    }
}
