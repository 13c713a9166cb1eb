//! `POST /messages`: one message for a stream. Its answer comes there.

use std::sync::Arc;

use axum::{body::Body, extract::State, response::Response};
use genkan_core::{Code, Error, Result, Revision, call::Door};
use http::{Request, StatusCode, request::Parts};

use crate::{
    doors::Doors,
    fault,
    mcp::{
        exchange::unsupported_version,
        http::{
            knock::{self, Era},
            session::Owner,
        },
        message::Incoming,
    },
};

/// The parameter of the address that names the stream.
const STREAM: &str = "session_id=";

/// Answers `POST /messages`.
pub(crate) async fn handle(State(doors): State<Arc<Doors>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    take(&doors, &parts, body)
        .await
        .unwrap_or_else(|error| fault::response(&error))
}

async fn take(doors: &Doors, parts: &Parts, body: Body) -> Result<Response> {
    let house = &doors.house;
    let mut visitor = knock::visitor(house, parts, house.default_profile.clone()).await?;
    visitor.door = Door::McpHttpLegacy;
    let principal = visitor.principal(house).await?;
    let stream = doors.streams.find(id(parts)?, &Owner::of(&principal))?;
    visitor.profile = stream.profile.clone();
    let read = knock::message(house, &visitor, &parts.headers, body).await;
    let incoming = read.map_err(|refusal| refusal.error)?;
    check_era(parts, &incoming)?;
    stream.dialogue.serve(Ok(incoming), visitor).await;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::ACCEPTED;
    Ok(response)
}

/// Where the stream is named.
fn id(parts: &Parts) -> Result<&str> {
    let mut named = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|parameter| parameter.strip_prefix(STREAM));
    match (named.next(), named.next()) {
        (Some(id), None) => Ok(id),
        _ => Err(Error::new(
            Code::SessionRequired,
            "the address must name one stream: `?session_id=`",
        )
        .hint("Send messages to the address in the event `endpoint` of `GET /sse`.")),
    }
}

/// The stateless era is served at its own address, where headers are held against the body.
fn check_era(parts: &Parts, incoming: &Incoming) -> Result<()> {
    match knock::era(&parts.headers, incoming)? {
        Era::Legacy => Ok(()),
        Era::Modern => {
            let sessions = Revision::ALL
                .iter()
                .filter(|revision| !revision.is_modern());
            let sessions: Vec<_> = sessions.map(|revision| revision.as_str()).collect();
            let error = unsupported_version(Revision::V2026_07_28.as_str(), &sessions);
            Err(error.hint("Send it to `/mcp`, or use a revision with sessions here."))
        }
    }
}
