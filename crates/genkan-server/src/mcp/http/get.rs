//! `GET /mcp`: the stream of a session for messages that belong to no request.

use std::sync::Arc;

use axum::{
    extract::{RawPathParams, State},
    response::Response,
};
use bytes::Bytes;
use genkan_core::{Code, Error, Result, call::Door};
use http::{HeaderValue, Method, Request, header::ALLOW, request::Parts};
use tokio::sync::mpsc;
use tracing::debug;

use super::{
    knock::{self, Era},
    session::{self, Channel, Session},
    sse,
};
use crate::{
    doors::Doors,
    fault,
    guard::accept::Accept,
    house::House,
    mcp::legacy::hearing::{Hearing, Since},
};

/// What a client that comes back says it heard last (WHATWG HTML §9.2.4).
const LAST_EVENT: &str = "last-event-id";

/// Answers `GET /mcp`.
pub(crate) async fn handle(
    State(doors): State<Arc<Doors>>,
    path: RawPathParams,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    listen(&doors, &path, &parts)
        .await
        .unwrap_or_else(|error| refuse(&error))
}

async fn listen(doors: &Doors, path: &RawPathParams, parts: &Parts) -> Result<Response> {
    let mut visitor = knock::visitor(&doors.house, parts, knock::profile(&doors.house, path)?)?;
    visitor.door = Door::McpHttpLegacy;
    visitor.principal(&doors.house).await?;
    only_in_sessions(parts)?;
    if !Accept::read(&parts.headers)?.events {
        return Err(Error::new(
            Code::NotAcceptable,
            "the header `Accept` does not name `text/event-stream`",
        ));
    }
    let session = session::of(doors, &visitor, &parts.headers).await?;
    let hearing = Hearing::begin(&doors.house, visitor, &session.peer).await?;
    // Who comes back after a gap is told what may have changed in it.
    let since = match parts.headers.contains_key(LAST_EVENT) {
        true => Since::Gap,
        false => Since::Beginning,
    };
    let receiver = hear(&doors.house, &session, hearing, since);
    Ok(sse::response(
        &doors.house,
        receiver,
        session.hold(),
        sse::Ends::AtSoftStop,
    ))
}

/// Starts to tell changes, until the client leaves, the session ends or the caller may hear of them
/// no longer.
fn hear(
    house: &Arc<House>,
    session: &Session,
    hearing: Hearing,
    since: Since,
) -> mpsc::Receiver<Bytes> {
    let Channel {
        sender,
        receiver,
        ended,
    } = session.listen();
    let house = Arc::clone(house);
    let soft = house.lifecycle.soft_stop().clone();
    let lifecycle = house.lifecycle.clone();
    lifecycle.start("mcp changes", async move {
        let tell = |message| async { sender.send(message).await.is_ok() };
        tokio::select! {
            told = hearing.tell_all(&house, since, tell) => {
                if let Err(error) = told {
                    debug!("a stream of changes ended: {error:?}");
                }
            }
            () = sender.closed() => {}
            () = ended.cancelled() => {}
            () = soft.cancelled() => {}
        }
    });
    receiver
}

/// The stateless era has no streams of its own and nothing to end (MCP 2026-07-28 transports).
pub(super) fn only_in_sessions(parts: &Parts) -> Result<()> {
    let modern = knock::era_of_headers(&parts.headers)? == Era::Modern;
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
