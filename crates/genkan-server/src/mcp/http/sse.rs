//! Streams of events (`text/event-stream`, WHATWG HTML §9.2).

use axum::{body::Body, response::Response};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};
use std::{convert::Infallible, sync::Arc};
use tokio::{sync::mpsc, time::timeout};

use crate::house::House;

/// When a stream ends, besides when there is nothing more to say.
#[derive(Clone, Copy)]
pub(super) enum Ends {
    /// It carries an answer, which may still come while the house drains.
    AtHardStop,
    /// It carries what may come, and does not keep the house waiting.
    AtSoftStop,
}

/// A stream of messages, with comments while there are none. `kept` lives as long as the client
/// listens.
pub(super) fn response(
    house: &Arc<House>,
    messages: mpsc::Receiver<Bytes>,
    kept: impl Send + 'static,
    ends: Ends,
) -> Response {
    written(house, messages, kept, ends, |message| event(&message))
}

/// The same of events that are in their wire form already.
pub(super) fn response_of_events(
    house: &Arc<House>,
    events: mpsc::Receiver<Bytes>,
    kept: impl Send + 'static,
    ends: Ends,
) -> Response {
    written(house, events, kept, ends, |event| event)
}

/// A stream of messages after an event of its own kind.
pub(super) fn response_after(
    house: &Arc<House>,
    first: Bytes,
    messages: mpsc::Receiver<Bytes>,
) -> Response {
    let response = response(house, messages, (), Ends::AtHardStop);
    response.map(|body| {
        let first = stream::iter([Ok::<_, axum::Error>(first)]);
        Body::from_stream(first.chain(body.into_data_stream()))
    })
}

fn written(
    house: &Arc<House>,
    messages: mpsc::Receiver<Bytes>,
    kept: impl Send + 'static,
    ends: Ends,
    form: fn(Bytes) -> Bytes,
) -> Response {
    let silence = house.settings().keep_alive;
    let stop = match ends {
        Ends::AtHardStop => house.lifecycle.hard_stop(),
        Ends::AtSoftStop => house.lifecycle.soft_stop(),
    };
    let events = stream::unfold((messages, kept), move |(mut messages, kept)| async move {
        let event = match timeout(silence, messages.recv()).await {
            Ok(Some(message)) => form(message),
            Ok(None) => return None,
            Err(_) => Bytes::from_static(b": keep-alive\n\n"),
        };
        Some((Ok::<_, Infallible>(event), (messages, kept)))
    });
    let mut response = Response::new(Body::from_stream(
        events.take_until(stop.clone().cancelled_owned()),
    ));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    // Tells proxies to pass each event on at once (MCP 2026-07-28 transports).
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn event(message: &Bytes) -> Bytes {
    let mut out = BytesMut::with_capacity(message.len() + 24);
    out.put_slice(b"event: message\ndata: ");
    out.put_slice(message);
    out.put_slice(b"\n\n");
    out.freeze()
}
