//! `tasks/get`, `tasks/update` and `tasks/cancel`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use genkan_core::{
    Call, Code, Error, Outcome, Principal, Result,
    id::ProfileName,
    task::{TaskAct, TaskCall, TaskStatus},
};
use genkan_store::TaskRow;
use serde_json::{Map, Value};

use super::{TaskKey, check_declared, keeping, settle, work};
use crate::Engine;

/// How often an update is tried while others change the same task.
const ATTEMPTS: usize = 5;

/// Most tasks that one subscription may follow.
const FOLLOWED: usize = 100;

/// Does what is wanted of a task.
pub(crate) async fn act(
    engine: &Arc<Engine>,
    call: Call,
    principal: Arc<Principal>,
    wanted: TaskCall,
) -> Result<Outcome> {
    check_declared(&call.abilities)?;
    match wanted.act {
        TaskAct::Get => {
            let row = find(engine, &principal, &wanted.id).await?;
            settle::view(row).map(|task| Outcome::Task(Box::new(task)))
        }
        TaskAct::Update(answers) => update(engine, call, principal, &wanted.id, answers).await,
        TaskAct::Cancel => cancel(engine, &principal, &wanted.id).await,
    }
}

/// Those of the tasks that are the principal's.
pub(crate) async fn owned(
    engine: &Engine,
    principal: &Principal,
    ids: HashSet<Arc<str>>,
) -> Result<HashSet<Arc<str>>> {
    let mut owned = HashSet::new();
    for id in ids.into_iter().take(FOLLOWED) {
        match find(engine, principal, &id).await {
            Ok(_) => drop(owned.insert(id)),
            Err(error) if error.code() == Code::UnknownTask => {}
            Err(error) => return Err(error),
        }
    }
    Ok(owned)
}

/// The task, if it is the principal's, and its tool still is.
async fn find(engine: &Engine, principal: &Principal, id: &str) -> Result<TaskRow> {
    let row = read(engine, principal, id).await?;
    let now = engine.clock.now();
    if row.status == TaskStatus::Working && row.alive_until < now {
        keeping::fail_lost(engine).await?;
        return read(engine, principal, id).await;
    }
    if row.expires < now && row.status != TaskStatus::Working {
        return Err(unknown());
    }
    Ok(row)
}

async fn read(engine: &Engine, principal: &Principal, id: &str) -> Result<TaskRow> {
    let mut tx = engine.store.read(&principal.tenant).await?;
    let found = tx.task_find(id).await?;
    drop(tx);
    let row = found.filter(|row| row.principal == principal.id);
    let row = row.ok_or_else(unknown)?;
    let profile = ProfileName::parse(&row.profile)?;
    let view = engine.catalog.view(&profile, principal.role)?;
    let disabled = engine.switches.of(&principal.tenant).await?;
    match view.tool(&row.tool) {
        Some(_) if !disabled.contains(&row.tool) => Ok(row),
        _ => Err(unknown()),
    }
}

/// Keeps answers to open questions; others are ignored. With the last one the work goes on.
async fn update(
    engine: &Arc<Engine>,
    call: Call,
    principal: Arc<Principal>,
    id: &str,
    answers: HashMap<String, Value>,
) -> Result<Outcome> {
    for _ in 0..ATTEMPTS {
        let row = find(engine, &principal, id).await?;
        let object = |text: &str| -> Result<Map<String, Value>> {
            serde_json::from_str(text).map_err(Error::internal)
        };
        let (mut open, mut given) = (object(&row.requests)?, object(&row.answers)?);
        let before = open.len();
        for (key, answer) in &answers {
            if open.shift_remove(key).is_some() {
                given.insert(key.clone(), answer.clone());
            }
        }
        if row.status != TaskStatus::InputRequired || open.len() == before {
            return Ok(Outcome::Done);
        }
        let goes_on = open.is_empty();
        if keep(engine, &principal, &row, open, &given).await? {
            let key = key(&principal, id);
            if goes_on {
                work::resume(engine, call, principal, &row, given)?;
            }
            settle::announce(engine, &key);
            return Ok(Outcome::Done);
        }
    }
    let message = "others change this task at the same time";
    Err(Error::new(Code::Overloaded, message))
}

/// Returns whether the task was still as it was read.
async fn keep(
    engine: &Engine,
    principal: &Principal,
    row: &TaskRow,
    open: Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<bool> {
    let lease = open.is_empty().then(|| keeping::lease(engine));
    let requests = Value::Object(open).to_string();
    let answers = Value::Object(given.clone()).to_string();
    let (tenant, row, now) = (principal.tenant.clone(), row.clone(), engine.clock.now());
    let kept = engine.store.system_write(move |tx| {
        let (tenant, row, lease) = (tenant.clone(), row.clone(), lease.clone());
        let (requests, answers) = (requests.clone(), answers.clone());
        Box::pin(async move {
            tx.task_answer(&tenant, &row, &requests, &answers, lease.as_ref(), now)
                .await
        })
    });
    kept.await
}

/// Ends a task. One that has ended already stays as it is.
async fn cancel(engine: &Engine, principal: &Principal, id: &str) -> Result<Outcome> {
    find(engine, principal, id).await?;
    let key = key(principal, id);
    let (ending, now) = (key.clone(), engine.clock.now());
    let cancelled = engine.store.system_write(move |tx| {
        let key = ending.clone();
        Box::pin(async move { tx.task_cancel(&key.tenant, &key.id, now).await })
    });
    if cancelled.await? {
        // Where another process works on it, that process notices when it prolongs its lease.
        let running = engine.tasks.running().remove(&key);
        if let Some(work) = running {
            work.cancel();
        }
        settle::announce(engine, &key);
    }
    Ok(Outcome::Done)
}

fn key(principal: &Principal, id: &str) -> TaskKey {
    TaskKey {
        tenant: principal.tenant.clone(),
        id: id.into(),
    }
}

/// Whoever asks for what is not theirs learns nothing.
fn unknown() -> Error {
    Error::new(Code::UnknownTask, "there is no such task")
}
