//! A page for operators, at their own address: what `/metrics` says, as numbers that move. It needs
//! nothing but a browser, and takes nothing from elsewhere.

use axum::response::Response;
use http::{
    HeaderName, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};

/// What the page may load: its own script and numbers.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
    style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers `GET /`.
pub(crate) async fn get() -> Response {
    shown(include_str!("page.html"), "text/html; charset=utf-8")
}

/// Answers `GET /page.js`.
pub(crate) async fn get_script() -> Response {
    shown(include_str!("page.js"), "text/javascript; charset=utf-8")
}

fn shown(text: &'static str, kind: &'static str) -> Response {
    let mut response = Response::new(text.into());
    let headers: [(HeaderName, &'static str); 4] = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
