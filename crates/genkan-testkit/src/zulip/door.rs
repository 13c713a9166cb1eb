//! The door: who is asking, the limit, faults, and the form of every answer.

use std::sync::{Arc, PoisonError};

use axum::{body::Body, extract::State};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header, request::Parts};
use serde_json::{Value, json};

use super::{
    Fault, House,
    calls::{self, Call},
    parameters::Parameters,
    rate::Standing,
    realm::MOST_FILE,
    refusal::Refusal,
};

/// Below this everything is asked with a key.
const API: &str = "/api/v1/";

pub(super) async fn serve(
    State(house): State<Arc<House>>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let latency = house.faults.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let path = parts.uri.path().to_owned();
    if let Some(file) = path.strip_prefix("/user_uploads/temporary/") {
        return temporary(&house, file);
    }
    let Some(path) = path.strip_prefix(API) else {
        return page(404);
    };
    let asked = format!("{} /{path}", parts.method);
    house
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(asked.clone());
    if let Some(Ok(id)) = parts
        .headers
        .get("x-correlation-id")
        .map(HeaderValue::to_str)
    {
        let mut ids = house
            .correlation_ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ids.push(id.to_owned());
    }
    let fault = house.faults.take(&asked);
    if let Some(Fault::Page(status)) = fault {
        return page(status);
    }
    if let Some(Fault::Status(status)) = fault {
        return answer(Err(broken(status)), None);
    }
    let Ok(content) = axum::body::to_bytes(body, MOST_FILE + (1 << 20)).await else {
        return page(413);
    };
    let is_silent = matches!(fault, Some(Fault::SilentAfterDoing));
    let response = within(&house, &parts, path, &content, fault);
    match is_silent {
        true => std::future::pending().await,
        false => response,
    }
}

/// Behind the door: who it is, the limit, the call, and what goes wrong after it.
fn within(
    house: &House,
    parts: &Parts,
    path: &str,
    content: &[u8],
    fault: Option<Fault>,
) -> Response<Body> {
    let who = match (who(house, &parts.headers), path) {
        (Ok(who), _) => Some(who),
        (Err(_), "server_settings") => None,
        (Err(refusal), _) => return answer(Err(refusal), None),
    };
    let standing = who.map(|who| house.rate.count(who));
    if let Some(wait) = standing.as_ref().and_then(|standing| standing.wait) {
        return answer(Err(limited(wait)), standing.as_ref());
    }
    if let Some(Fault::Limit(wait)) = fault {
        let mut refused = answer(Err(limited(wait)), standing.as_ref());
        let wait = HeaderValue::from_str(&wait.to_string()).unwrap();
        refused.headers_mut().insert(header::RETRY_AFTER, wait);
        return refused;
    }
    let result = call(house, parts, path, content, who.unwrap_or_default());
    match fault {
        Some(Fault::AfterDoing) => answer(Err(broken(500)), standing.as_ref()),
        Some(Fault::CutAfterDoing) => cut(),
        _ => answer(result, standing.as_ref()),
    }
}

/// Reads the parameters and answers.
fn call(
    house: &House,
    parts: &Parts,
    path: &str,
    content: &[u8],
    who: u64,
) -> Result<Value, Refusal> {
    let mut parameters = Parameters::default();
    parameters.add(parts.uri.query().unwrap_or_default());
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // A body of JSON is not looked at.
    if kind.starts_with("application/x-www-form-urlencoded") {
        parameters.add(&String::from_utf8_lossy(content));
    }
    let segments: Vec<String> = path.trim_end_matches('/').split('/').map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let call = Call {
        who,
        method: &parts.method,
        path: &segments,
        parameters: &parameters,
        kind,
        content,
        site: &house.site,
    };
    let mut realm = house.realm.lock().unwrap_or_else(PoisonError::into_inner);
    let value = calls::answer(&mut realm, &call)?;
    Ok(whole(value, &parameters))
}

fn broken(status: u16) -> Refusal {
    Refusal::new(status, "INTERNAL_SERVER_ERROR", "Internal server error")
}

/// Basic authentication with an address and a key of 32 characters.
fn who(house: &House, headers: &HeaderMap) -> Result<u64, Refusal> {
    let refuse = |message: &str| Err(Refusal::new(401, "UNAUTHORIZED", message));
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return refuse("Missing authorization header for basic auth");
    };
    let text = value.to_str().unwrap_or_default();
    let Some(pair) = text.strip_prefix("Basic ").and_then(base64) else {
        return refuse("This endpoint requires HTTP basic authentication.");
    };
    let Some((email, key)) = pair.split_once(':') else {
        return refuse("Invalid authorization header for basic auth");
    };
    if key.len() != 32 {
        return Err(Refusal::new(401, "INVALID_API_KEY", "Malformed API key"));
    }
    let realm = house.realm.lock().unwrap_or_else(PoisonError::into_inner);
    let found = realm
        .users
        .iter()
        .find(|user| user.email == email && user.key == key);
    match found {
        Some(user) => Ok(user.id),
        None => Err(Refusal::new(401, "INVALID_API_KEY", "Invalid API key")),
    }
}

fn base64(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn limited(wait: f64) -> Refusal {
    Refusal::new(429, "RATE_LIMIT_HIT", "API usage exceeded rate limit").with("retry-after", wait)
}

/// A success with what every one has.
fn whole(mut value: Value, parameters: &Parameters) -> Value {
    value["result"] = json!("success");
    value["msg"] = json!("");
    let ignored = parameters.ignored();
    if !ignored.is_empty() {
        value["ignored_parameters_unsupported"] = json!(ignored);
    }
    value
}

fn answer(result: Result<Value, Refusal>, standing: Option<&Standing>) -> Response<Body> {
    let (status, body) = match result {
        Ok(value) => (200, value),
        Err(refusal) => (refusal.status, refusal.body()),
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    if let Some(standing) = standing {
        standing.tell(headers);
    }
    response
}

/// What a proxy in front of it says.
fn page(status: u16) -> Response<Body> {
    let text = format!("<!DOCTYPE html><html><title>{status}</title><h1>{status}</h1></html>");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// The head of an answer whose content never comes.
fn cut() -> Response<Body> {
    let broken = std::io::Error::other("cut on demand");
    Response::new(Body::from_stream(futures_util::stream::iter([Err::<
        Vec<u8>,
        _,
    >(
        broken
    )])))
}

/// A file at an address that needs no key.
fn temporary(house: &House, file: &str) -> Response<Body> {
    let realm = house.realm.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(upload) = realm.uploads.get(&decoded(file)) else {
        return page(404);
    };
    let mut response = Response::new(Body::from(upload.content.clone()));
    if let Ok(kind) = HeaderValue::from_str(&upload.kind) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
