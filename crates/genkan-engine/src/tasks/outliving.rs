//! A call whose work may go on after it was answered.

use std::{
    future::Future,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use genkan_core::{
    CallContext, Code, Error, Outcome, Random, Result, Stop,
    digest::Digest,
    record::Record,
    task::{Deferral, TaskStatus},
};
use genkan_store::{Place, TaskRow};
use serde_json::{Map, Value};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{TaskKey, keeping, settle};
use crate::Engine;

/// The most bytes of arguments that a task keeps.
const ARGUMENTS: usize = 1024 * 1024;

/// What the work and whoever waits for it share.
pub(crate) struct Outliving {
    deferral: Deferral,
    cancel: CancellationToken,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Who waits for the first answer.
    reply: Option<oneshot::Sender<Result<Outcome>>>,
    /// The task, once there is one.
    task: Option<TaskKey>,
    abandoned: bool,
    /// The record of the attempt, to be written with what becomes of the task.
    left: Option<Left>,
}

/// A record that waits for the write it belongs to. Dropped, it is written alone.
pub(super) struct Left(Option<(Place, Record)>);

impl Left {
    pub(super) fn take(mut self) -> Option<(Place, Record)> {
        self.0.take()
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        if let Some((place, record)) = self.0.take() {
            place.leave(record);
        }
    }
}

/// What a task is made from when a call becomes one.
pub(crate) struct Seed {
    pub(crate) tool: String,
    pub(crate) arguments: String,
}

impl Seed {
    pub(crate) fn new(tool: &str, arguments: &Map<String, Value>) -> Self {
        Self {
            tool: tool.to_owned(),
            arguments: serde_json::to_string(arguments)
                .expect("BUG: JSON objects always serialise"),
        }
    }
}

impl Outliving {
    /// A call that somebody waits for.
    pub(super) fn of_call(
        reply: oneshot::Sender<Result<Outcome>>,
        cancel: CancellationToken,
    ) -> Self {
        let state = State {
            reply: Some(reply),
            ..State::default()
        };
        Self::new(state, cancel)
    }

    /// The next attempt of what is a task already.
    pub(super) fn of_task(task: TaskKey, cancel: CancellationToken) -> Self {
        let state = State {
            task: Some(task),
            ..State::default()
        };
        Self::new(state, cancel)
    }

    fn new(state: State, cancel: CancellationToken) -> Self {
        Self {
            deferral: Deferral::default(),
            cancel,
            state: Mutex::new(state),
        }
    }

    /// What the tool says through its context.
    pub(crate) fn deferral(&self) -> Deferral {
        self.deferral.clone()
    }

    /// Whether the call has become a task.
    pub(crate) fn is_task(&self) -> bool {
        self.lock().task.is_some()
    }

    /// The task, once there is one.
    pub(super) fn task(&self) -> Option<TaskKey> {
        self.lock().task.clone()
    }

    /// Takes the record of an attempt that has ended, where the call has become a task; it is written
    /// with what becomes of that.
    pub(crate) fn leave(&self, place: Place, record: Record) {
        let mut state = self.lock();
        match state.task {
            Some(_) => state.left = Some(Left(Some((place, record)))),
            None => place.leave(record),
        }
    }

    /// The record of the attempt that has ended, unless the store wrote it with an effect.
    pub(super) fn take_left(&self) -> Option<Left> {
        self.lock().left.take()
    }

    /// Nobody waits any more. What is no task by now is cancelled.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.abandoned = true;
        if state.task.is_none() {
            self.cancel.cancel();
        }
    }

    /// Answers whoever waits.
    pub(super) fn answer(&self, result: Result<Outcome>) {
        let reply = self.lock().reply.take();
        if let Some(reply) = reply {
            let _ = reply.send(result);
        }
    }

    /// Runs the tool. When it says that it takes long, or does, the call becomes a task.
    pub(crate) async fn watch(
        &self,
        engine: &Engine,
        ctx: &CallContext,
        seed: Seed,
        work: impl Future<Output = Result<Outcome, Stop>>,
    ) -> Result<Outcome, Stop> {
        let mut work = pin!(work);
        if self.is_task() {
            return work.await;
        }
        let patience = engine.limits.get().patience;
        let mut done = None;
        tokio::select! {
            biased;
            result = &mut work => done = Some(result),
            () = self.deferral.said() => {}
            () = tokio::time::sleep(patience) => {}
        }
        match done {
            Some(result) if !self.deferral.is_said() => result,
            Some(result) => {
                self.become_task(engine, ctx, &seed).await?;
                result
            }
            None => match self.become_task(engine, ctx, &seed).await {
                Err(error) if self.deferral.is_said() => Err(error.into()),
                // It can be awaited as well: nobody asked for a task.
                Ok(()) | Err(_) => work.await,
            },
        }
    }

    /// Makes the task durable, and only then tells of it.
    async fn become_task(&self, engine: &Engine, ctx: &CallContext, seed: &Seed) -> Result<()> {
        if seed.arguments.len() > ARGUMENTS {
            let message = format!("a task keeps at most {ARGUMENTS} bytes of arguments");
            return Err(Error::new(Code::TooLarge, message));
        }
        let now = engine.clock.now();
        let lease = keeping::lease(engine);
        let row = TaskRow {
            id: id(&*engine.random),
            principal: ctx.principal.id.clone(),
            profile: ctx.profile.as_str().to_owned(),
            tool: seed.tool.clone(),
            arguments: seed.arguments.clone(),
            status: TaskStatus::Working,
            created: now,
            updated: now,
            expires: now.plus(engine.limits.get().task_kept),
            writer: lease.writer,
            alive_until: lease.until,
            requests: "{}".to_owned(),
            answers: "{}".to_owned(),
            state: None,
            outcome: None,
        };
        check_open(engine, ctx).await?;
        let (tenant, kept) = (ctx.tenant().clone(), row.clone());
        let created = engine.store.system_write(move |tx| {
            let (tenant, row) = (tenant.clone(), kept.clone());
            Box::pin(async move { tx.task_create(&tenant, &row).await })
        });
        created.await?;
        let key = TaskKey {
            tenant: ctx.tenant().clone(),
            id: row.id.as_str().into(),
        };
        let view = settle::view(row)?;
        {
            let mut state = self.lock();
            if state.abandoned {
                self.cancel.cancel();
            }
            state.task = Some(key.clone());
        }
        engine.tasks.running().insert(key, self.cancel.clone());
        self.answer(Ok(Outcome::TaskCreated(Box::new(view))));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody fills the store with work that does not end.
async fn check_open(engine: &Engine, ctx: &CallContext) -> Result<()> {
    let mut tx = engine.store.read(ctx.tenant()).await?;
    let limit = engine.limits.get().open_tasks;
    if tx.task_count_open(&ctx.principal.id).await? < i64::from(limit) {
        return Ok(());
    }
    let message = format!("{limit} tasks of this caller are open already");
    Err(Error::new(Code::Overloaded, message))
}

/// 256 random bits.
fn id(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Digest::from_bytes(bytes).to_hex()
}
