//! The work behind a task: attempts of a call, each in a task of the lifecycle.

use std::{collections::HashMap, sync::Arc};

use genkan_core::{
    Call, Code, Error, Operation, Outcome, Principal, Result,
    call::{Credential, ToolCall},
    id::ProfileName,
};
use genkan_store::TaskRow;
use serde_json::{Map, Value};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{Outliving, TaskKey, settle};
use crate::{Engine, stages::Caller};

/// Takes a call that may go on after it was answered. Dropping the future cancels it, unless it has
/// become a task.
pub(crate) async fn outlive(engine: &Arc<Engine>, mut call: Call) -> Result<Outcome> {
    let given_up = std::mem::take(&mut call.cancel);
    let (reply, mut replied) = oneshot::channel();
    let outliving = Arc::new(Outliving::of_call(reply, call.cancel.clone()));
    let waiting = Waiting(Arc::clone(&outliving));
    begin(engine, call, outliving, Caller::Unknown);
    let answer = tokio::select! {
        biased;
        answer = &mut replied => answer,
        () = given_up.cancelled() => {
            waiting.0.abandon();
            replied.await
        }
    };
    answer.unwrap_or_else(|_| {
        let message = "the process stopped before the call was answered";
        Err(Error::new(Code::ShuttingDown, message))
    })
}

/// Goes on with a task whose questions are answered.
pub(super) fn resume(
    engine: &Arc<Engine>,
    by: Call,
    principal: Arc<Principal>,
    row: &TaskRow,
    answers: Map<String, Value>,
) -> Result<()> {
    let arguments: Map<String, Value> =
        serde_json::from_str(&row.arguments).map_err(Error::internal)?;
    let key = TaskKey {
        tenant: principal.tenant.clone(),
        id: row.id.as_str().into(),
    };
    let cancel = CancellationToken::new();
    let call = Call {
        operation: Operation::CallTool(ToolCall {
            name: row.tool.clone(),
            arguments,
            mirrored: None,
            answers: answers.into_iter().collect::<HashMap<_, _>>(),
            request_state: row.state.clone(),
            idempotency_key: None,
        }),
        credential: Credential::None,
        profile: ProfileName::parse(&row.profile)?,
        events: None,
        cancel: cancel.clone(),
        ..by
    };
    engine.tasks.running().insert(key.clone(), cancel.clone());
    let outliving = Arc::new(Outliving::of_task(key, cancel));
    begin(engine, call, outliving, Caller::Known(principal));
    Ok(())
}

/// One attempt, to its end: the answer of the call, or what becomes of the task.
fn begin(engine: &Arc<Engine>, call: Call, outliving: Arc<Outliving>, caller: Caller) {
    let engine = Arc::clone(engine);
    let lifecycle = engine.tasks.lifecycle.clone();
    let hard_stop = lifecycle.hard_stop().clone();
    lifecycle.start("engine.task", async move {
        let attempt = engine.travel(call, caller, 0, Some(&outliving));
        let result = tokio::select! {
            biased;
            result = attempt => result,
            // The lease ends with the process; who asks then is told that nobody knows.
            () = hard_stop.cancelled() => return drop(outliving.take_left()),
        };
        match outliving.task() {
            None => outliving.answer(result),
            Some(key) => {
                settle::settle(&engine, &key, outliving.take_left(), result).await;
                engine.tasks.running().remove(&key);
            }
        }
    });
}

/// Notices when nobody waits any more.
struct Waiting(Arc<Outliving>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.abandon();
    }
}
