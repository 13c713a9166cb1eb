//! `GET /mcp`: the stream of a session for messages that belong to no request.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use genkan_core::{Code, Error, Result, call::Door};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header::ALLOW, request::Parts};
use tracing::debug;

use super::{
    knock::{self, Era},
    replay::{self, EventId, Events},
    session::{self, Session},
    sse,
};
use crate::{
    doors::Doors,
    fault,
    guard::accept::Accept,
    house::House,
    mcp::{
        legacy::hearing::{Hearing, Since},
        modern::headers,
    },
};

/// What a client that comes back says it heard last (WHATWG HTML §9.2.4).
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// Answers `GET /mcp`.
pub(crate) async fn handle(
    State(doors): State<Arc<Doors>>,
    path: knock::Path,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    listen(&doors, &path, &parts)
        .await
        .unwrap_or_else(|error| refuse(&error))
}

async fn listen(doors: &Doors, path: &knock::Path, parts: &Parts) -> Result<Response> {
    let profile = knock::profile(&doors.house, path)?;
    let mut visitor = knock::visitor(&doors.house, parts, profile).await?;
    visitor.door = Door::McpHttpLegacy;
    visitor.principal(&doors.house).await?;
    only_in_sessions(doors, parts)?;
    if !Accept::read(&parts.headers)?.events {
        return Err(Error::new(
            Code::NotAcceptable,
            "the header `Accept` does not name `text/event-stream`",
        ));
    }
    let session = session::of(doors, &visitor, &parts.headers).await?;
    let last = last_event(&parts.headers)?;
    if let Some(last) = last.filter(|last| last.stream != session.own_stream) {
        let events = session
            .replay
            .resume(&session.id, last, session.priming())?;
        let (hold, ends) = (session.hold(), sse::Ends::AtHardStop);
        return Ok(sse::response_of_events(&doors.house, events, hold, ends));
    }
    let hearing = Hearing::begin(&doors.house, visitor, &session.peer).await?;
    let events = hear(&doors.house, &session, hearing, last);
    let (hold, ends) = (session.hold(), sse::Ends::AtSoftStop);
    Ok(sse::response_of_events(&doors.house, events, hold, ends))
}

/// The last event that the client heard, if it comes back.
fn last_event(headers: &HeaderMap) -> Result<Option<EventId>> {
    let Some(text) = headers::optional(headers, &LAST_EVENT)? else {
        return Ok(None);
    };
    let id = EventId::parse(text);
    id.map(Some).ok_or_else(replay::gone)
}

/// Starts to tell changes, until the client leaves, the session ends or the caller may hear of them
/// no longer.
fn hear(house: &Arc<House>, session: &Session, hearing: Hearing, last: Option<EventId>) -> Events {
    // Who comes back after a gap is told what may have changed in it.
    let since = match last {
        Some(_) => Since::Gap,
        None => Since::Beginning,
    };
    let (name, priming) = (session.own_stream, session.priming());
    let (thread, events) = session.replay.listen(&session.id, name, last, priming);
    let house = Arc::clone(house);
    let soft = house.lifecycle.soft_stop().clone();
    let lifecycle = house.lifecycle.clone();
    lifecycle.start("mcp changes", async move {
        let tell = |message| thread.say(message);
        tokio::select! {
            told = hearing.tell_all(&house, since, tell) => {
                if let Err(error) = told {
                    debug!("a stream of changes ended: {error:?}");
                }
            }
            () = thread.left() => {}
            () = soft.cancelled() => {}
        }
    });
    events
}

/// The stateless era has no streams of its own and nothing to end (MCP 2026-07-28 transports).
pub(super) fn only_in_sessions(doors: &Doors, parts: &Parts) -> Result<()> {
    let modern = !session::says_no_version(doors, &parts.headers)
        && knock::era_of_headers(&parts.headers)? == Era::Modern;
    match modern || parts.method == Method::HEAD {
        true => Err(Error::new(
            Code::MethodNotAllowed,
            "MCP 2026-07-28 takes only `POST` here",
        )),
        false => Ok(()),
    }
}

/// A refusal of what is no JSON-RPC request, so that the error is none either.
pub(super) fn refuse(error: &Error) -> Response {
    let mut response = fault::response(error);
    if error.code() == Code::MethodNotAllowed {
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}
