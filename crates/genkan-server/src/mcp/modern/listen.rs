//! `subscriptions/listen`: a stream of changes that lasts until somebody ends it (MCP 2026-07-28
//! subscriptions).

use std::{collections::HashSet, sync::Arc, time::Duration};

use bytes::Bytes;
use genkan_core::{
    Code, Error, Operation, Outcome, Result,
    call::{Abilities, Door},
    change::Change,
    subscription::{Interest, Subscription},
    task::{TaskAct, TaskCall},
};
use serde_json::{Map, Value, json};
use tokio::{sync::mpsc, time::interval};
use tokio_util::sync::CancellationToken;

use super::{Carried, shape};
use crate::{
    house::House,
    mcp::{changes, message::RequestId, places::Place, tasks, visitor::Visitor, wire},
};

/// The method.
pub(crate) const METHOD: &str = "subscriptions/listen";

/// How many resources one stream may watch.
pub(crate) const URIS: usize = 1_000;

/// Tasks are followed by clients alone that have said that they know them.
const KNOWS_TASKS: Abilities = Abilities {
    elicitation_form: false,
    elicitation_url: false,
    sampling: false,
    roots: false,
    tasks: true,
};

/// How often it is asked whether the caller may still listen.
const CHECKED: Duration = Duration::from_secs(1);

/// Reads the `notifications` of the parameters. Kinds that nobody knows are not granted.
pub(super) fn read(mut params: Map<String, Value>, abilities: Abilities) -> Result<Interest> {
    let Some(Value::Object(mut wanted)) = params.remove("notifications") else {
        return Err(wrong("notifications", "an object"));
    };
    let mut flag = |name: &str| match wanted.remove(name) {
        None => Ok(false),
        Some(Value::Bool(wanted)) => Ok(wanted),
        Some(_) => Err(wrong(&format!("notifications.{name}"), "true or false")),
    };
    let (tools, prompts, resources) = (
        flag("toolsListChanged")?,
        flag("promptsListChanged")?,
        flag("resourcesListChanged")?,
    );
    Ok(Interest {
        tools,
        prompts,
        resources,
        uris: texts(&mut wanted, "resourceSubscriptions")?,
        tasks: match abilities.tasks {
            true => texts(&mut wanted, "taskIds")?,
            false => HashSet::new(),
        },
    })
}

fn texts(wanted: &mut Map<String, Value>, name: &str) -> Result<HashSet<Arc<str>>> {
    let fault = || wrong(&format!("notifications.{name}"), "an array of strings");
    let list = match wanted.remove(name) {
        None => return Ok(HashSet::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(fault()),
    };
    if list.len() > URIS {
        let message = format!("`params.notifications.{name}` holds more than {URIS}");
        return Err(Error::new(Code::InvalidParams, message));
    }
    let text = |one: Value| match one {
        Value::String(text) => Ok(text.into()),
        _ => Err(fault()),
    };
    list.into_iter().map(text).collect()
}

fn wrong(name: &str, wanted: &str) -> Error {
    let message = format!("`params.{name}` must be {wanted}");
    Error::new(Code::InvalidParams, message)
}

/// A stream of changes.
pub(super) struct Listening {
    house: Arc<House>,
    visitor: Visitor,
    id: RequestId,
    subscription: Subscription,
    frames: mpsc::Sender<Bytes>,
    _place: Place,
}

/// Listens until the client ends it or may listen no longer, or the house closes.
pub(super) async fn serve(
    house: Arc<House>,
    visitor: Visitor,
    id: RequestId,
    wanted: Interest,
    carried: Carried,
    frames: mpsc::Sender<Bytes>,
) -> Result<Bytes> {
    let is_stream = visitor.door != Door::McpHttp;
    let mut listening = Listening::open(house, visitor, id, wanted, &carried, frames).await?;
    let closing = carried.closing.as_ref();
    let closing = closing
        .unwrap_or_else(|| listening.house.lifecycle.soft_stop())
        .clone();
    let gone = || Error::new(Code::Cancelled, "the client ended the subscription");
    tokio::select! {
        biased;
        () = carried.cancel.cancelled() => return Err(gone()),
        () = closing.cancelled() => {}
        told = listening.tell_all() => told?,
    }
    // Over a stream the end of a subscription is told by a notification too (MCP 2026-07-28
    // cancellation).
    if is_stream {
        let params = json!({"requestId": listening.id.to_value(), "reason": "the server closes"});
        let _ = listening
            .frames
            .try_send(wire::notification("notifications/cancelled", &params));
    }
    Ok(listening.end())
}

impl Listening {
    async fn open(
        house: Arc<House>,
        visitor: Visitor,
        id: RequestId,
        wanted: Interest,
        carried: &Carried,
        frames: mpsc::Sender<Bytes>,
    ) -> Result<Self> {
        let subscription = subscribe(&house, &visitor, wanted, &carried.cancel).await?;
        let most = house.settings().listens_per_principal;
        let place = house.places.take(&subscription.principal, most)?;
        let params = json!({
            "_meta": changes::meta(&id),
            "notifications": granted(&subscription.accepted),
        });
        let acknowledged = wire::notification("notifications/subscriptions/acknowledged", &params);
        // Nothing is told before this; the channel is new, so that there is room.
        let _ = frames.send(acknowledged).await;
        Ok(Self {
            house,
            visitor,
            id,
            subscription,
            frames,
            _place: place,
        })
    }

    /// Tells changes for as long as the caller may hear of them. Never ends by itself.
    async fn tell_all(&mut self) -> Result<()> {
        let mut checked = interval(CHECKED);
        let mut waiting = Vec::new();
        loop {
            tokio::select! {
                biased;
                _ = checked.tick() => self.visitor.still(&self.house, &self.subscription.principal).await?,
                permit = self.frames.reserve(), if !waiting.is_empty() => {
                    let (Ok(permit), Some(change)) = (permit, waiting.pop()) else {
                        return Err(Error::new(Code::Cancelled, "the client left"));
                    };
                    match change {
                        // Who may not know of the task any more is told nothing.
                        Change::Task(task) => {
                            let told = tell_task(&self.house, &self.visitor, &task, &self.id).await;
                            let _ = told.map(|told| permit.send(told));
                        }
                        change => permit.send(changes::notification(&change, Some(&self.id))),
                    }
                }
                changed = self.subscription.next(), if waiting.is_empty() => waiting = changed,
            }
        }
    }

    /// The result that says that the stream ended in good order.
    fn end(&self) -> Bytes {
        wire::result(&self.id, 256, |out| {
            out.extend_from_slice(b"\"resultType\":\"complete\"");
            let meta = changes::meta(&self.id);
            shape::meta(out, &self.house, meta.as_object());
        })
    }
}

/// How far a task is: what `tasks/get` says (Tasks extension, `notifications/tasks`).
async fn tell_task(house: &House, visitor: &Visitor, task: &str, id: &RequestId) -> Result<Bytes> {
    let operation = Operation::Task(TaskCall {
        id: task.to_owned(),
        act: TaskAct::Get,
    });
    let call = visitor
        .clone()
        .into_call(operation, KNOWS_TASKS, None, CancellationToken::new());
    let Outcome::Task(task) = Box::pin(house.engine.call(call)).await? else {
        return Err(Error::internal("a task was answered with something else"));
    };
    let mut text = vec![b'{'];
    tasks::detailed(&mut text, &task);
    text.push(b'}');
    let mut params: Value = serde_json::from_slice(&text).map_err(Error::internal)?;
    params["_meta"] = changes::meta(id);
    Ok(wire::notification("notifications/tasks", &params))
}

/// Asks the engine, which grants what exists for the caller.
pub(crate) async fn subscribe(
    house: &House,
    visitor: &Visitor,
    wanted: Interest,
    cancel: &CancellationToken,
) -> Result<Subscription> {
    let operation = Operation::Subscribe(wanted);
    let call = visitor
        .clone()
        .into_call(operation, KNOWS_TASKS, None, cancel.clone());
    match Box::pin(house.engine.call(call)).await? {
        Outcome::Subscribed(subscription) => Ok(*subscription),
        _ => Err(Error::internal(
            "a subscription was answered with something else",
        )),
    }
}

/// The part of a filter that was granted, in its wire form.
fn granted(accepted: &Interest) -> Value {
    let mut shown = Map::new();
    let flags = [
        ("toolsListChanged", accepted.tools),
        ("promptsListChanged", accepted.prompts),
        ("resourcesListChanged", accepted.resources),
    ];
    for (name, _) in flags.into_iter().filter(|(_, granted)| *granted) {
        shown.insert(name.into(), true.into());
    }
    let lists = [
        ("resourceSubscriptions", &accepted.uris),
        ("taskIds", &accepted.tasks),
    ];
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let mut list: Vec<_> = list.iter().collect();
        list.sort();
        shown.insert(name.into(), json!(list));
    }
    Value::Object(shown)
}
