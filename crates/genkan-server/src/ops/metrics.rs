//! `GET /metrics`: the Prometheus text, for who has the permission `metrics.read`, and at the address of
//! operators for whoever reaches it.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use genkan_core::{Code, Error, Permission, Result, permission::Action};
use http::{HeaderValue, Request, header::CONTENT_TYPE};

use crate::{doors::Doors, fault, mcp::http::knock};

/// Answers `GET /metrics`.
pub(crate) async fn get(
    State(doors): State<Arc<Doors>>,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, _) = request.into_parts();
    match text(&doors, &parts).await {
        Err(error) => fault::response(&error),
        Ok(text) => shown(text),
    }
}

/// Answers it where nobody is asked who they are.
pub(crate) async fn get_openly(State(doors): State<Arc<Doors>>) -> Response {
    shown((doors.metrics)())
}

fn shown(text: String) -> Response {
    if text.is_empty() {
        let error = Error::new(Code::NotFound, "nothing is measured here");
        return fault::response(
            &error.hint("Set `ops.metrics` to `full` or `basic`, and restart."),
        );
    }
    let mut response = Response::new(text.into());
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn text(doors: &Doors, parts: &http::request::Parts) -> Result<String> {
    let profile = doors.house.default_profile.clone();
    let visitor = knock::visitor(&doors.house, parts, profile).await?;
    let principal = visitor.principal(&doors.house).await?;
    let needed = Permission::new("metrics", Action::Read);
    if !principal.may(&needed) {
        return Err(Error::new(
            Code::Forbidden,
            format!("the role of this caller does not allow `{needed}`"),
        ));
    }
    Ok((doors.metrics)())
}
