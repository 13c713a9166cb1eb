//! The store: read transactions from a pool, writes through lanes, and the queue of records.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use genkan_core::{
    CallContext, Clock, Code, Error, Random, Result, id::TenantId, lifecycle::Lifecycle,
    trace::TARGET,
};
use tokio::sync::oneshot;
use tracing::trace_span;

use crate::{
    Location, Options, Pending, Records, SystemTx, TenantTx, audit,
    authority::LastAsked,
    db::{self, Readers, fetch_one},
    knowledge::{Search, Usage},
    lane::{self, Effect, Job, Lanes, Work},
    measure, migrate, nonces,
};

/// How long the readiness check waits.
const CHECK_LIMIT: Duration = Duration::from_secs(2);

/// The one way to the data. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    location: Location,
    readers: Readers,
    records: Records,
    lanes: Arc<Lanes>,
    signer: audit::Signer,
    usage: Usage,
    authority: LastAsked,
}

impl Store {
    /// Opens the store, brings its schema up to date where that is allowed, and starts the writers.
    ///
    /// The writers end with the lifecycle, after the last call in flight has left its record.
    /// Errors: `store_unavailable`, `store_too_new`, `store_not_migrated`, `store_corrupt`,
    /// `config_invalid`.
    pub async fn open(
        options: Options,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        lifecycle: &Lifecycle,
    ) -> Result<Self> {
        match &options.location {
            Location::Postgres(_) if !options.auto_migrate => {
                let mut link =
                    db::connect::owned(&options.location, options.acquire_timeout).await?;
                let checked = migrate::check(&mut link).await;
                link.close().await;
                checked?;
            }
            Location::Sqlite(_) | Location::Postgres(_) => {
                migrate::migrate(&options.location, &*clock).await?;
            }
        }
        let readers = match &options.location {
            Location::Sqlite(file) => Readers::sqlite(
                file.clone(),
                Arc::clone(&clock),
                options.connections,
                options.acquire_timeout,
            ),
            Location::Postgres(url) => Readers::postgres(
                db::connect::postgres(url)?,
                options.connections,
                options.acquire_timeout,
            ),
        };
        let signer = audit::Signer::new(&options.audit_key);
        let location = options.location.clone();
        let lanes = lane::start(&options, &signer, &clock, &random, lifecycle)?;
        let records = Records::new(Arc::clone(&lanes), Arc::clone(&clock));
        let store = Self(Arc::new(Inner {
            location,
            readers,
            records,
            lanes,
            signer,
            usage: Usage::new(options.usage),
            authority: LastAsked::new(clock.monotonic()),
        }));
        measure::start(store.clone(), lifecycle);
        Usage::keep_written(store.clone(), lifecycle);
        nonces::keep_purged(store.clone(), clock, lifecycle);
        Ok(store)
    }

    /// Begins a read-only transaction of a tenant. It sees one state and ends when dropped.
    ///
    /// Errors: `store_busy` when every connection stays in use, `store_unavailable`.
    pub async fn read(&self, tenant: &TenantId) -> Result<TenantTx> {
        let span = trace_span!(target: TARGET, "database read", db.system.name = self.kind());
        let tx = TenantTx::enter(self.0.readers.begin().await?, tenant.clone()).await?;
        Ok(tx.within(span))
    }

    /// Begins a read-only transaction of the house.
    pub async fn system_read(&self) -> Result<SystemTx> {
        SystemTx::enter(self.0.readers.begin().await?).await
    }

    /// Runs the effect and writes the record of the call in one transaction.
    ///
    /// The record waits as [`Pending`] in the ticket of the context; it is written exactly once,
    /// whatever happens: with the code of the error when the effect fails, as cancelled when the
    /// caller is gone before the effect begins, as panicked when it panics. An effect may run more
    /// than once, each time on the state before it: when a group of effects cannot be committed as
    /// a whole, each is tried alone.
    ///
    /// Errors: the effect's own; `store_unavailable` and `store_busy` when nothing was changed;
    /// `outcome_unknown` when the connection broke while committing.
    pub async fn write<T, F>(&self, ctx: &CallContext, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut TenantTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let effect = Effect::new(effect, answer, Some(ctx.cancel.clone()));
        let work = Work::Tenant(Box::new(effect));
        self.write_recorded(ctx, work, answered).await
    }

    /// The same for a call that changes what belongs to the house. Its record is the caller's tenant's.
    pub async fn write_of_house<T, F>(&self, ctx: &CallContext, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut SystemTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let effect = Effect::new(effect, answer, Some(ctx.cancel.clone()));
        let work = Work::System(Box::new(effect));
        self.write_recorded(ctx, work, answered).await
    }

    async fn write_recorded<T>(
        &self,
        ctx: &CallContext,
        work: Work,
        answered: oneshot::Receiver<Result<T>>,
    ) -> Result<T> {
        let Some(pending) = ctx.ticket.take::<Pending>() else {
            return Err(Error::internal(
                "a call writes once, and only while its record is pending",
            ));
        };
        let _span = trace_span!(target: TARGET, "database write", db.system.name = self.kind());
        let job = Job::of_call(ctx.tenant().clone(), pending, work);
        self.0.lanes.send(job)?;
        answered.await.unwrap_or_else(|_| Err(unanswered()))
    }

    /// Runs a write of the house itself, without a record. The effect may run more than once.
    pub async fn system_write<T, F>(&self, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut SystemTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.house_write(None, effect).await
    }

    /// The same in the lane of a tenant, after what was sent there before.
    pub(crate) async fn house_write<T, F>(&self, tenant: Option<TenantId>, effect: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut SystemTx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let permit = self.0.lanes.reserve().await?;
        let (answer, answered) = oneshot::channel();
        let work = Work::System(Box::new(Effect::new(effect, answer, None)));
        self.0.lanes.send(Job::of_house(tenant, permit, work))?;
        answered.await.unwrap_or_else(|_| Err(unanswered()))
    }

    /// Notes that somebody searched team knowledge. Never waits; the sums are written within seconds.
    pub fn note_search(&self, tenant: &TenantId, search: Search) {
        self.0.usage.note(tenant, search);
    }

    /// Writes what was noted of searches so far; once a day also forgets what is too old.
    pub async fn write_usage(&self) -> Result<()> {
        self.0.usage.purge(self).await?;
        self.0.usage.write(self).await
    }

    /// Waits until everything that was noted or recorded before is durable.
    pub async fn flush(&self) -> Result<()> {
        let usage = self.0.usage.write(self).await;
        self.records().flush().await?;
        usage
    }

    pub(crate) fn usage(&self) -> &Usage {
        &self.0.usage
    }

    pub(crate) fn authority_asked(&self) -> &LastAsked {
        &self.0.authority
    }

    /// The queue of records.
    pub fn records(&self) -> &Records {
        &self.0.records
    }

    /// Whether the database answers, within two seconds.
    pub async fn check(&self) -> Result<()> {
        let answer = async {
            let mut tx = self.system_read().await?;
            let _: (i64,) = fetch_one!(tx, "SELECT CAST(1 AS BIGINT)")?;
            Ok(())
        };
        let late = |_| {
            Err(Error::new(
                Code::StoreUnavailable,
                "the database did not answer in time",
            ))
        };
        tokio::time::timeout(CHECK_LIMIT, answer)
            .await
            .unwrap_or_else(late)
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        migrate::kind(&self.0.location)
    }

    pub(crate) fn location(&self) -> &Location {
        &self.0.location
    }

    pub(crate) fn signer(&self) -> &audit::Signer {
        &self.0.signer
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.0.readers
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }
}

/// The lane went away with the job: the process is ending by force.
pub(crate) fn unanswered() -> Error {
    Error::new(
        Code::OutcomeUnknown,
        "the process stopped before the write was answered",
    )
}
