//! MCP 2024-11-05 … 2025-11-25: a session begins with `initialize` and remembers what it said.

pub(crate) mod asking;
pub(crate) mod batch;
pub(crate) mod hearing;
pub(crate) mod initialize;
mod notes;
pub(crate) mod peer;
mod rounds;
mod shape;

use std::sync::Arc;

use bytes::Bytes;
use genkan_core::{Code, Error, Operation, Result, call::Abilities, task::Deferral, trace::Trace};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

pub(crate) use self::peer::Peer;
use super::{
    attempt::Telling,
    exchange::{self, Answer, Answering, answering_as},
    idempotency,
    in_flight::Flight,
    message::{Notification, Request, RequestId},
    params,
    progress::{self, Progress},
    trace,
    visitor::Visitor,
    wire,
};
use crate::house::House;

/// Where messages of the server go while a request is being served.
#[derive(Clone)]
pub(crate) struct Outlet {
    pub(crate) frames: mpsc::Sender<Bytes>,
    /// Whether the client reads them before the answer comes.
    pub(crate) live: bool,
    /// Said by a tool whose rest takes long; none where it would change nothing.
    pub(crate) deferral: Option<Deferral>,
}

impl Outlet {
    /// An outlet, and where its messages come out.
    pub(crate) fn open(live: bool) -> (Self, mpsc::Receiver<Bytes>) {
        let (frames, receiver) = mpsc::channel(progress::EVENTS);
        let deferral = Some(Deferral::default());
        let outlet = Self {
            frames,
            live,
            deferral,
        };
        (outlet, receiver)
    }
}

/// Begins to serve a request of a session that has been initialized.
pub(crate) fn begin(
    house: &Arc<House>,
    peer: &Arc<Peer>,
    mut visitor: Visitor,
    request: Request,
    outlet: &Outlet,
) -> Answering {
    let Request { id, method, params } = request;
    if method == "ping" {
        let pong = wire::result(&id, 0, |_| {});
        return Box::pin(async move {
            Answer {
                body: pong.into(),
                refused: None,
            }
        });
    }
    let (job, progress) = match read(peer, &method, params, &mut visitor.trace) {
        Ok(read) => read,
        Err(error) => return exchange::refusing(house, visitor, id, error),
    };
    let operation = match job {
        Job::Operation(operation) => operation,
        Job::Note(note) => {
            let (house, peer, shown) = (Arc::clone(house), Arc::clone(peer), id.clone());
            return answering_as(id, number, async move {
                notes::take(&house, &peer, visitor, note).await?;
                Ok(wire::result(&shown, 0, |_| {}))
            });
        }
    };
    let flight = match peer.in_flight.enter(&id) {
        Ok(flight) => flight,
        Err(error) => return exchange::refusing(house, visitor, id, error),
    };
    let logs = peer.level();
    let heard = progress.is_some() || logs.is_some() || outlet.deferral.is_some();
    let telling = (outlet.live && heard).then(|| Telling {
        progress,
        logs,
        frames: outlet.frames.clone(),
        deferral: outlet.deferral.clone(),
    });
    let served = Served {
        house: Arc::clone(house),
        peer: Arc::clone(peer),
        visitor,
        abilities: if outlet.live {
            peer.abilities
        } else {
            Abilities::default()
        },
        frames: outlet.frames.clone(),
        telling,
        flight,
    };
    serve(served, id, operation)
}

/// Everything that serving one request of a session needs.
pub(crate) struct Served {
    pub(crate) house: Arc<House>,
    pub(crate) peer: Arc<Peer>,
    pub(crate) visitor: Visitor,
    pub(crate) abilities: Abilities,
    pub(crate) frames: mpsc::Sender<Bytes>,
    pub(crate) telling: Option<Telling>,
    pub(crate) flight: Flight,
}

fn serve(served: Served, id: RequestId, operation: Operation) -> Answering {
    let trace = served.visitor.trace.clone();
    let answer = answering_as(id.clone(), number, async move {
        let revision = served.peer.revision;
        let outcome = rounds::play(served, operation).await?;
        shape::result(&id, outcome, revision)
    });
    trace::within(trace.as_ref(), answer)
}

/// The number of an error before 2026-07-28 (MCP 2025-11-25 resources, error handling).
fn number(code: Code) -> i32 {
    match code {
        Code::UnknownResource => -32002,
        other => other.json_rpc(),
    }
}

/// What a method asks for.
enum Job {
    Operation(Operation),
    Note(notes::Note),
}

fn read(
    peer: &Peer,
    method: &str,
    mut params: Map<String, Value>,
    trace: &mut Option<Arc<Trace>>,
) -> Result<(Job, Option<Progress>)> {
    if method == initialize::METHOD {
        return Err(Error::new(
            Code::InvalidRequest,
            "`initialize` stands alone and once in a session",
        ));
    }
    let mut key = None;
    let progress = match params.remove("_meta") {
        None => None,
        Some(Value::Object(mut meta)) => {
            trace::prefer_meta(trace, &meta);
            key = idempotency::key(&meta)?;
            Progress::take(&mut meta)?
        }
        Some(_) => {
            return Err(Error::new(
                Code::InvalidParams,
                "`params._meta` must be an object",
            ));
        }
    };
    if let Some(note) = notes::read(peer, method, &params)? {
        return Ok((Job::Note(note), progress));
    }
    match params::operation(method, params, peer.revision)? {
        Some(mut operation) => {
            idempotency::give(&mut operation, key);
            Ok((Job::Operation(operation), progress))
        }
        None => Err(exchange::no_such_method(method)),
    }
}

/// Takes a notification. What nobody knows is ignored (JSON-RPC 2.0 §4.1).
pub(crate) fn notice(peer: &Peer, mut notification: Notification) {
    if notification.method == "notifications/cancelled"
        && let Some(id) = progress::cancelled_request(&mut notification.params)
    {
        peer.in_flight.cancel(&id);
    }
}
