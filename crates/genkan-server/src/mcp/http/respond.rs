//! Answers over HTTP: JSON if the answer comes before the first event and soon, else a stream.

use std::{pin::pin, sync::Arc};

use axum::response::Response;
use bytes::Bytes;
use genkan_core::within::within;
use http::StatusCode;
use tokio::sync::mpsc;
use tokio_util::sync::DropGuard;

use super::{
    knock::Era,
    sse::{self, Ends},
};
use crate::{
    fault,
    guard::accept::Accept,
    house::House,
    mcp::exchange::{Answer, Exchange},
};

/// How many messages may wait for a slow client before its call waits too.
pub(super) const WAITING: usize = 32;

/// Answers a request of the stateless era. `leaving` cancels the call when the client leaves.
pub(super) async fn modern(
    house: &Arc<House>,
    exchange: Exchange,
    accept: Accept,
    leaving: DropGuard,
) -> Response {
    answer(house, exchange, accept, leaving).await
}

/// What came first.
pub(super) enum First {
    Answer(Answer),
    Frame(Bytes),
    Nothing,
}

async fn answer(
    house: &Arc<House>,
    mut exchange: Exchange,
    accept: Accept,
    leaving: impl Send + 'static,
) -> Response {
    if !accept.events {
        // Nobody listens, so that nothing waits for being told.
        exchange.frames = None;
        return json(exchange.answer.await, Era::Modern);
    }
    if !accept.json {
        return stream(house, exchange, None, leaving);
    }
    let patience = house.settings().patience;
    let waited = {
        let first = pin!(first(&mut exchange));
        within(patience, first).await
    };
    match waited.unwrap_or(First::Nothing) {
        First::Answer(answer) => json(answer, Era::Modern),
        First::Frame(frame) => stream(house, exchange, Some(frame), leaving),
        First::Nothing => stream(house, exchange, None, leaving),
    }
}

pub(super) async fn first(exchange: &mut Exchange) -> First {
    let Some(frames) = &mut exchange.frames else {
        return First::Answer((&mut exchange.answer).await);
    };
    tokio::select! {
        biased;
        Some(frame) = frames.recv() => First::Frame(frame),
        answer = &mut exchange.answer => match frames.try_recv() {
            // It was told before the answer, so it goes before the answer.
            Ok(frame) => {
                exchange.answer = Box::pin(std::future::ready(answer));
                First::Frame(frame)
            }
            Err(_) => First::Answer(answer),
        },
    }
}

/// A JSON answer with its status.
///
/// In a session, an error that answers a request is a message like any other and comes with 200,
/// as clients of that era expect; only what an intermediary must see keeps its own status.
pub(super) fn json(answer: Answer, era: Era) -> Response {
    let Some(refused) = answer.refused else {
        return fault::json(StatusCode::OK, answer.body.into_body());
    };
    let status = match (era, fault::status(refused.code)) {
        (Era::Legacy, status) if !matters_to_http(status) => StatusCode::OK,
        (_, status) => status,
    };
    let mut response = fault::json(status, answer.body.into_body());
    fault::put_headers(&mut response, refused);
    response
}

fn matters_to_http(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 403 | 429 | 503)
}

/// Goes on with the exchange in a task, so that a slow reader does not hold up the call's deadline.
fn stream(
    house: &Arc<House>,
    exchange: Exchange,
    first: Option<Bytes>,
    leaving: impl Send + 'static,
) -> Response {
    let (sender, receiver) = mpsc::channel(WAITING);
    let stop = house.lifecycle.hard_stop().clone();
    house.lifecycle.start("mcp stream", async move {
        tokio::select! {
            () = exchange.carry(first, &sender) => {}
            () = stop.cancelled() => {}
        }
    });
    sse::response(house, receiver, leaving, Ends::AtHardStop)
}
