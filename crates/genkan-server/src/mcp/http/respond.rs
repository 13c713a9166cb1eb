//! Answers over HTTP: JSON if the answer comes before the first event and soon, else a stream.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use genkan_core::Code;
use http::StatusCode;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::DropGuard;

use super::{
    knock::Era,
    outliving::Outliving,
    sse::{self, Ends},
};
use crate::{
    fault,
    guard::accept::Accept,
    house::House,
    mcp::exchange::{Answer, Exchange},
};

/// How many messages may wait for a slow client before its call waits too.
const WAITING: usize = 32;

/// Answers a request of the stateless era. `leaving` cancels the call when the client leaves.
pub(super) async fn modern(
    house: &Arc<House>,
    exchange: Exchange,
    accept: Accept,
    leaving: DropGuard,
) -> Response {
    answer(house, exchange, accept, Era::Modern, leaving).await
}

/// Answers a request of a session, which goes on when the client leaves.
pub(super) async fn legacy(house: &Arc<House>, exchange: Exchange, accept: Accept) -> Response {
    let Exchange {
        frames,
        answer: inner,
    } = exchange;
    let exchange = Exchange {
        frames,
        answer: Box::pin(Outliving::new(inner, house)),
    };
    answer(house, exchange, accept, Era::Legacy, ()).await
}

/// What came first.
enum First {
    Answer(Answer),
    Frame(Bytes),
    Nothing,
}

async fn answer(
    house: &Arc<House>,
    mut exchange: Exchange,
    accept: Accept,
    era: Era,
    leaving: impl Send + 'static,
) -> Response {
    if !accept.events {
        return json(exchange.answer.await, era);
    }
    if !accept.json {
        return stream(house, exchange, None, leaving);
    }
    let waited = timeout(house.settings.patience, first(&mut exchange)).await;
    match waited.unwrap_or(First::Nothing) {
        First::Answer(answer) => json(answer, era),
        First::Frame(frame) => stream(house, exchange, Some(frame), leaving),
        First::Nothing => stream(house, exchange, None, leaving),
    }
}

async fn first(exchange: &mut Exchange) -> First {
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
        return fault::json(StatusCode::OK, answer.body);
    };
    let status = match (era, fault::status(refused.code)) {
        (Era::Legacy, status) if !matters_to_http(status) => StatusCode::OK,
        (_, status) => status,
    };
    let mut response = fault::json(status, answer.body);
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
            () = pump(exchange, first, sender) => {}
            () = stop.cancelled() => {}
        }
    });
    sse::response(house, receiver, leaving, Ends::AtHardStop)
}

/// Passes messages on until the answer has been passed on. The answer is awaited all the while,
/// also while the client reads nothing.
async fn pump(exchange: Exchange, first: Option<Bytes>, sender: mpsc::Sender<Bytes>) {
    let Exchange { frames, mut answer } = exchange;
    let mut frames = frames.unwrap_or_else(|| mpsc::channel(1).1);
    let mut next = first;
    let last = loop {
        tokio::select! {
            biased;
            permit = sender.reserve(), if next.is_some() => match (permit, next.take()) {
                (Ok(permit), Some(frame)) => permit.send(frame),
                _ => return,
            },
            Some(frame) = frames.recv(), if next.is_none() => next = Some(frame),
            last = &mut answer => break last,
            () = sender.closed() => return,
        }
    };
    while let Some(frame) = next.take().or_else(|| frames.try_recv().ok()) {
        if sender.send(frame).await.is_err() {
            return;
        }
    }
    finish(&sender, last).await;
}

async fn finish(sender: &mpsc::Sender<Bytes>, last: Answer) {
    // Who cancelled a request does not want to hear of it again.
    if last
        .refused
        .is_none_or(|refused| refused.code != Code::Cancelled)
    {
        let _ = sender.send(last.body).await;
    }
}
