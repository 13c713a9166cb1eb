//! MCP 2026-07-28: stateless. Everything a request needs is in the request.

pub(crate) mod discover;
pub(crate) mod headers;
pub(crate) mod listen;
pub(crate) mod meta;
mod shape;

use std::sync::Arc;

use genkan_core::{Error, Operation, Result, Revision, subscription::Interest, trace::Trace};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::meta::Meta;
use super::{
    attempt::{Telling, attempt},
    exchange::{self, Answering, Exchange, answering},
    idempotency,
    message::{Request, RequestId},
    params,
    progress::EVENTS,
    trace,
    visitor::Visitor,
};
use crate::{house::House, json};

/// What the transport brings along with a request.
pub(crate) struct Carried {
    /// Cancelled when nobody waits for the answer any more.
    pub(crate) cancel: CancellationToken,
    /// Cancelled when what lasts should end in good order; without one it is the soft stop of the house.
    pub(crate) closing: Option<CancellationToken>,
    /// Arguments that headers repeat; `None` where there are no headers.
    pub(crate) mirrored: Option<Vec<(String, String)>>,
}

/// What a method asks for.
enum Job {
    Discover,
    Listen(Interest),
    Operation(Operation),
}

/// Begins to serve a request.
pub(crate) fn begin(
    house: &Arc<House>,
    mut visitor: Visitor,
    request: Request,
    carried: Carried,
) -> Exchange {
    let Request { id, method, params } = request;
    let (mut meta, job) = match read(&method, params, &mut visitor.trace) {
        Ok(read) => read,
        Err(error) => return Exchange::plain(exchange::refusing(house, visitor, id, error)),
    };
    let house = Arc::clone(house);
    match job {
        Job::Discover => {
            let shown = id.clone();
            Exchange::plain(answering(id, async move {
                discover::answer(&house, visitor, &shown).await
            }))
        }
        Job::Listen(wanted) => {
            let (frames, receiver) = mpsc::channel(EVENTS);
            let shown = id.clone();
            let serving = listen::serve(house, visitor, shown, wanted, carried, frames);
            Exchange {
                lasting: true,
                ..Exchange::telling(receiver, answering(id, serving))
            }
        }
        Job::Operation(mut operation) => {
            if let Operation::CallTool(call) = &mut operation {
                call.mirrored = carried.mirrored;
            }
            idempotency::give(&mut operation, meta.idempotency_key.take());
            if meta.progress.is_none() && meta.logs.is_none() {
                let answer = serve(house, visitor, id, operation, meta, carried.cancel, None);
                return Exchange::plain(answer);
            }
            let (frames, receiver) = mpsc::channel(EVENTS);
            let cancel = carried.cancel;
            let answer = serve(house, visitor, id, operation, meta, cancel, Some(frames));
            Exchange::telling(receiver, answer)
        }
    }
}

fn serve(
    house: Arc<House>,
    visitor: Visitor,
    id: RequestId,
    operation: Operation,
    meta: Meta,
    cancel: CancellationToken,
    frames: Option<mpsc::Sender<bytes::Bytes>>,
) -> Answering {
    let Meta {
        abilities,
        progress,
        logs,
        ..
    } = meta;
    let mut telling = frames.map(|frames| Telling {
        progress,
        logs,
        frames,
        deferral: None,
    });
    let trace = visitor.trace.clone();
    let answer = answering(id.clone(), async move {
        let telling = telling.as_mut();
        let outcome = attempt(&house, visitor, operation, abilities, cancel, telling).await?;
        shape::result(&house, &id, &outcome)
    });
    trace::within(trace.as_ref(), answer)
}

fn read(
    method: &str,
    mut params: Map<String, Value>,
    trace: &mut Option<Arc<Trace>>,
) -> Result<(Meta, Job), Error> {
    if let Some(Value::Object(meta)) = json::member(&params, "_meta") {
        trace::prefer_meta(trace, meta);
    }
    let meta = Meta::take(&mut params)?;
    let job = match method {
        discover::METHOD => Job::Discover,
        listen::METHOD => Job::Listen(listen::read(params, meta.abilities)?),
        _ => match params::operation(method, params, Revision::V2026_07_28)? {
            Some(operation) => Job::Operation(operation),
            None => return Err(exchange::no_such_method(method)),
        },
    };
    Ok((meta, job))
}
