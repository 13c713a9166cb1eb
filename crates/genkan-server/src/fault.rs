//! Errors outside MCP: `{code, message, hint, doc}` with the status of the code.

use axum::{body::Body, response::Response};
use genkan_core::{Code, Error};
use http::{HeaderValue, StatusCode, header};
use tracing::error;

use crate::mcp::exchange::Refused;

/// An error as a response of its own.
pub(crate) fn response(fault: &Error) -> Response {
    if fault.code() == Code::Internal {
        error!(error = ?fault, "a request failed by a fault of ours");
    }
    let body = serde_json::to_vec(&fault.shown()).expect("BUG: an error always serialises");
    let mut response = json(status(fault.code()), body.into());
    put_headers(&mut response, Refused::new(fault));
    response
}

/// A JSON body with a status.
pub(crate) fn json(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// The status of a code.
pub(crate) fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The headers that go with some statuses: how to be let in, and when to come back.
pub(crate) fn put_headers(response: &mut Response, refused: Refused) {
    if response.status() == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = refused.retry_after_seconds {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    if response.status() == StatusCode::REQUEST_TIMEOUT {
        // The rest of the body may still come; nothing after it could be told from it.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}
