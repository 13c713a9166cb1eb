//! `DELETE /mcp`: a client ends its session.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use genkan_core::{Result, call::Door};
use http::{Request, StatusCode, request::Parts};

use super::{get, knock, session};
use crate::doors::Doors;

/// Answers `DELETE /mcp`.
pub(crate) async fn handle(
    State(doors): State<Arc<Doors>>,
    path: knock::Path,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    end(&doors, &path, &parts)
        .await
        .unwrap_or_else(|error| get::refuse(&error))
}

async fn end(doors: &Doors, path: &knock::Path, parts: &Parts) -> Result<Response> {
    let profile = knock::profile(&doors.house, path)?;
    let mut visitor = knock::visitor(&doors.house, parts, profile).await?;
    visitor.door = Door::McpHttpLegacy;
    visitor.principal(&doors.house).await?;
    get::only_in_sessions(doors, parts)?;
    let session = session::of(doors, &visitor, &parts.headers).await?;
    doors.sessions.end(&session);
    // Not 202: a client library takes that for a failure.
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
