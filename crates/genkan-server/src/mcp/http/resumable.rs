//! Answers of sessions: JSON if the answer comes before the first event and soon, else a stream that
//! its client may leave and come back to (MCP 2025-11-25 transports, resumability).

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use genkan_core::task::Deferral;
use tokio::{sync::mpsc, time::timeout};

use super::{
    knock::Era,
    outliving::Outliving,
    replay::{Priming, Thread},
    respond::{self, First},
    session::Session,
    sse::{self, Ends},
};
use crate::{guard::accept::Accept, house::House, mcp::exchange::Exchange};

/// Answers a request of a session, which goes on when the client leaves. `deferral` says that the
/// answer takes so long that the client should rather come back for it.
pub(super) async fn answer(
    house: &Arc<House>,
    session: &Arc<Session>,
    exchange: Exchange,
    accept: Accept,
    deferral: Deferral,
) -> Response {
    let mut exchange = Exchange {
        answer: Box::pin(Outliving::new(exchange.answer, house)),
        ..exchange
    };
    if !accept.events {
        // Nobody listens, so that nothing waits for being told.
        exchange.frames = None;
        return respond::json(exchange.answer.await, Era::Legacy);
    }
    let patience = house.settings().patience;
    let first = match accept.json {
        true => timeout(patience, first_of(&mut exchange, &deferral)).await,
        false => Ok(First::Nothing),
    };
    match first.unwrap_or(First::Nothing) {
        First::Answer(answer) => respond::json(answer, Era::Legacy),
        First::Frame(frame) => stream(house, session, exchange, Some(frame), deferral),
        First::Nothing => stream(house, session, exchange, None, deferral),
    }
}

/// What comes first, or that nothing comes soon.
async fn first_of(exchange: &mut Exchange, deferral: &Deferral) -> First {
    tokio::select! {
        biased;
        first = respond::first(exchange) => first,
        () = deferral.said() => First::Nothing,
    }
}

/// Goes on in a task, which ends with the answer and not with the connection.
fn stream(
    house: &Arc<House>,
    session: &Arc<Session>,
    exchange: Exchange,
    first: Option<Bytes>,
    deferral: Deferral,
) -> Response {
    let priming = session.priming();
    let (thread, events) = session.replay.begin(&session.id, priming);
    let stop = house.lifecycle.hard_stop().clone();
    house.lifecycle.start("mcp stream", async move {
        let (sender, messages) = mpsc::channel(respond::WAITING);
        let carried = async move { exchange.carry(first, &sender).await };
        // Who was not told where it stands could not come back.
        let deferral = (priming == Priming::Yes).then_some(deferral);
        tokio::select! {
            ((), ()) = async { tokio::join!(carried, tell_all(thread, messages, deferral)) } => {}
            () = stop.cancelled() => {}
        }
    });
    sse::response_of_events(house, events, session.hold(), Ends::AtHardStop)
}

/// Says everything, and lets the client go when the rest takes long.
async fn tell_all(
    thread: Thread,
    mut messages: mpsc::Receiver<Bytes>,
    mut deferral: Option<Deferral>,
) {
    loop {
        let deferred = async {
            match &deferral {
                Some(deferral) => deferral.said().await,
                None => std::future::pending().await,
            }
        };
        let message = tokio::select! {
            biased;
            message = messages.recv() => message,
            () = deferred => {
                deferral = None;
                thread.let_go();
                continue;
            }
        };
        let Some(message) = message else { return };
        if !thread.say(message).await {
            return;
        }
    }
}
