//! MCP 2026-07-28: stateless. Everything a request needs is in the request.

pub(crate) mod discover;
pub(crate) mod headers;
pub(crate) mod meta;
mod shape;

use std::sync::Arc;

use genkan_core::{Error, Operation, Result, Revision};
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::meta::Meta;
use super::{
    exchange::{self, Answering, Exchange, Telling, answering, attempt},
    message::Request,
    params,
    progress::EVENTS,
    visitor::Visitor,
};
use crate::house::House;

/// What a method asks for.
enum Job {
    Discover,
    Operation(Operation),
}

/// Begins to serve a request. `cancel` is cancelled when nobody waits any more.
pub(crate) fn begin(
    house: &Arc<House>,
    visitor: Visitor,
    request: Request,
    cancel: CancellationToken,
) -> Exchange {
    let Request { id, method, params } = request;
    let (meta, job) = match read(&method, params) {
        Ok(read) => read,
        Err(error) => {
            return Exchange {
                frames: None,
                answer: exchange::refusing(house, visitor, id, error),
            };
        }
    };
    let house = Arc::clone(house);
    let operation = match job {
        Job::Discover => {
            let shown = id.clone();
            let answer = answering(id, async move {
                discover::answer(&house, visitor, &shown).await
            });
            return Exchange {
                frames: None,
                answer,
            };
        }
        Job::Operation(operation) => operation,
    };
    let Some(progress) = meta.progress else {
        let answer = serve(house, visitor, id, operation, meta.abilities, cancel, None);
        return Exchange {
            frames: None,
            answer,
        };
    };
    let (frames, receiver) = mpsc::channel(EVENTS);
    let telling = Some(Telling { progress, frames });
    let answer = serve(
        house,
        visitor,
        id,
        operation,
        meta.abilities,
        cancel,
        telling,
    );
    Exchange {
        frames: Some(receiver),
        answer,
    }
}

fn serve(
    house: Arc<House>,
    visitor: Visitor,
    id: super::message::RequestId,
    operation: Operation,
    abilities: genkan_core::call::Abilities,
    cancel: CancellationToken,
    mut telling: Option<Telling>,
) -> Answering {
    answering(id.clone(), async move {
        let outcome = attempt(
            &house,
            visitor,
            operation,
            abilities,
            cancel,
            telling.as_mut(),
        )
        .await?;
        shape::result(&house, &id, &outcome)
    })
}

fn read(method: &str, mut params: Map<String, Value>) -> Result<(Meta, Job), Error> {
    let meta = Meta::take(&mut params)?;
    if method == discover::METHOD {
        return Ok((meta, Job::Discover));
    }
    match params::operation(method, params, Revision::V2026_07_28)? {
        Some(operation) => Ok((meta, Job::Operation(operation))),
        None => Err(exchange::no_such_method(method)),
    }
}
