//! MCP 2024-11-05 … 2025-11-25: a session begins with `initialize` and remembers what it said.

pub(crate) mod asking;
pub(crate) mod batch;
pub(crate) mod initialize;
pub(crate) mod peer;
mod rounds;
mod shape;

use std::sync::Arc;

use bytes::Bytes;
use genkan_core::{Code, Error, Operation, Result, call::Abilities};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

pub(crate) use self::peer::Peer;
use super::{
    exchange::{self, Answer, Answering, Telling, answering},
    in_flight::Flight,
    message::{Notification, Request, RequestId},
    params,
    progress::{self, Progress},
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
}

/// Begins to serve a request of a session that has been initialized.
pub(crate) fn begin(
    house: &Arc<House>,
    peer: &Arc<Peer>,
    visitor: Visitor,
    request: Request,
    outlet: &Outlet,
) -> Answering {
    let Request { id, method, params } = request;
    if method == "ping" {
        let pong = wire::result(&id, 0, |_| {});
        return Box::pin(async move {
            Answer {
                body: pong,
                refused: None,
            }
        });
    }
    let (operation, progress) = match read(peer, &method, params) {
        Ok(read) => read,
        Err(error) => return exchange::refusing(house, visitor, id, error),
    };
    let flight = match peer.in_flight.enter(&id) {
        Ok(flight) => flight,
        Err(error) => return exchange::refusing(house, visitor, id, error),
    };
    let telling = progress.filter(|_| outlet.live).map(|progress| Telling {
        progress,
        frames: outlet.frames.clone(),
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
    answering(id.clone(), async move {
        let revision = served.peer.revision;
        let outcome = rounds::play(served, operation).await?;
        shape::result(&id, outcome, revision)
    })
}

fn read(
    peer: &Peer,
    method: &str,
    mut params: Map<String, Value>,
) -> Result<(Operation, Option<Progress>)> {
    if method == initialize::METHOD {
        return Err(Error::new(
            Code::InvalidRequest,
            "`initialize` stands alone and once in a session",
        ));
    }
    let progress = match params.remove("_meta") {
        None => None,
        Some(Value::Object(mut meta)) => Progress::take(&mut meta)?,
        Some(_) => {
            return Err(Error::new(
                Code::InvalidParams,
                "`params._meta` must be an object",
            ));
        }
    };
    match params::operation(method, params, peer.revision)? {
        Some(operation) => Ok((operation, progress)),
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
