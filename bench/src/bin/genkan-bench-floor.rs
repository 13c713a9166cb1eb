//! The floor: what axum alone costs. It parses the request as typed JSON-RPC and answers with as
//! many bytes as Genkan does; it checks, limits, runs and records nothing.
#![allow(
    clippy::print_stdout,
    reason = "it tells its address to who started it"
)]

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
    serve::ListenerExt,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    jsonrpc: &'a str,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: &'a str,
    params: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'a str,
    id: &'a RawValue,
    result: &'a RawValue,
}

#[tokio::main]
async fn main() -> Result<()> {
    let size = std::env::args()
        .nth(1)
        .context("say how many bytes an answer has")?
        .parse()?;
    let router = Router::new()
        .route("/mcp", post(echo))
        .with_state(Arc::from(result(size)?));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

/// A result that makes the whole answer about so many bytes long.
fn result(size: usize) -> Result<Box<RawValue>> {
    let around = r#"{"jsonrpc":"2.0","id":1000000,"result":{"text":""}}"#.len();
    let text = "x".repeat(size.saturating_sub(around));
    Ok(RawValue::from_string(format!("{{\"text\":\"{text}\"}}"))?)
}

async fn echo(State(result): State<Arc<RawValue>>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Request<'_>>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if request.jsonrpc != "2.0" || request.method.is_empty() || request.params.is_empty() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let answer = Answer {
        jsonrpc: "2.0",
        id: request.id,
        result: &result,
    };
    let mut body = Vec::with_capacity(result.get().len() + 64);
    if serde_json::to_writer(&mut body, &answer).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mut response = Response::new(body.into());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
