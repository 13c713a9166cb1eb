//! `GET /mcp`: the stream of a session for messages that belong to no request.

use std::sync::Arc;

use axum::{
    extract::{RawPathParams, State},
    response::Response,
};
use genkan_core::{Code, Error, Result, call::Door};
use http::{HeaderValue, Method, Request, header::ALLOW, request::Parts};

use super::{
    knock::{self, Era},
    session, sse,
};
use crate::{doors::Doors, fault, guard::accept::Accept};

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
    let frames = session.listen();
    Ok(sse::response(
        &doors.house,
        frames,
        session.hold(),
        sse::Ends::AtSoftStop,
    ))
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
