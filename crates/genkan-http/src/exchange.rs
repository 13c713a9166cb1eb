//! One exchange with one origin: breaker, connection, head of the answer, and what is learned of it.

use std::{convert::Infallible, error::Error as _, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::client::legacy;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tracing::{debug, warn};

use crate::{
    Answer, Body, Client, Content, Error, Origin, Result,
    body::{broken, cause},
    client::Outgoing,
    gunzip::Gunzip,
    hop::Hop,
    host::Host,
    measure, retry,
};

/// The limits of one request.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// When everything must be over.
    pub(crate) last: Instant,
    pub(crate) read: Duration,
    pub(crate) body: u64,
}

impl Client {
    /// Sends what this hop is and waits for the head of the answer.
    pub(crate) async fn exchange(
        &self,
        hop: &mut Hop,
        host: &Host,
        place: OwnedSemaphorePermit,
        limits: Limits,
    ) -> Result<Answer> {
        let origin = Origin::of(&hop.url)?;
        let trial = host
            .breaker
            .admit()
            .map_err(|retry_after| Error::Suspended {
                origin: origin.to_string(),
                retry_after,
            })?;
        let began = self.now();
        let result = self.head(hop, &origin, limits).await;
        let (outcome, is_failure) = match &result {
            Ok(answer) => (
                measure::class(answer.status()),
                retry::is_failure_of_host(answer.status()),
            ),
            Err(error) => (error.word(), error.is_failure_of_host()),
        };
        host.meter.ended(outcome, self.now() - began);
        debug!(http.host = %origin.host, outcome, "asked `{origin}`");
        if trial.ended(is_failure) {
            warn!(http.host = %origin.host, "`{origin}` failed repeatedly and is left alone for now");
        }
        host.meter
            .breaker(host.breaker.state() != crate::BreakerState::Closed);
        answer(result?, hop, origin, place, limits)
    }

    async fn head(
        &self,
        hop: &mut Hop,
        origin: &Origin,
        limits: Limits,
    ) -> Result<http::Response<Incoming>> {
        let request = self.outgoing(hop, origin)?;
        // A connection has a limit of its own; the rest of this one is for the other side's silence.
        let limit = self.options().connect_limit.saturating_add(limits.read);
        let answered = tokio::time::timeout(limit, self.pool().request(request));
        match tokio::time::timeout_at(limits.last, answered).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(failure(&error, origin)),
            _ => Err(Error::Slow {
                origin: origin.to_string(),
                limit,
            }),
        }
    }

    /// The request in hyper's form.
    fn outgoing(&self, hop: &mut Hop, origin: &Origin) -> Result<http::Request<Outgoing>> {
        let mut url = hop.url.clone();
        url.set_fragment(None);
        let uri: http::Uri = url
            .as_str()
            .parse()
            .map_err(|_| Error::Address("is none"))?;
        let content = std::mem::replace(&mut hop.content, Content::Bytes(Bytes::new()));
        let body = match content {
            Content::Bytes(bytes) => {
                hop.content = Content::Bytes(bytes.clone());
                Full::new(bytes)
                    .map_err(|never: Infallible| -> std::io::Error { match never {} })
                    .boxed_unsync()
            }
            Content::Stream(stream) => {
                StreamBody::new(stream.map(|part| part.map(Frame::data))).boxed_unsync()
            }
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = hop.method.clone();
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        *headers = hop.headers.clone();
        headers.extend(hop.credentials.clone());
        let agent = HeaderValue::try_from(&self.options().user_agent);
        if let Ok(agent) = agent {
            headers.entry(header::USER_AGENT).or_insert(agent);
        }
        headers
            .entry(header::ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        if let Some(proxy) = &self.options().proxy
            && !origin.is_https
            && proxy.is_for(&origin.host)
            && let Some(value) = proxy.header()
        {
            headers.insert(header::PROXY_AUTHORIZATION, value);
        }
        Ok(request)
    }
}

/// The head as callers see it, with the content behind it.
fn answer(
    answer: http::Response<Incoming>,
    hop: &Hop,
    origin: Origin,
    place: OwnedSemaphorePermit,
    limits: Limits,
) -> Result<Answer> {
    let (mut parts, incoming) = answer.into_parts();
    let has_content = hop.method != Method::HEAD
        && parts.status != StatusCode::NO_CONTENT
        && parts.status != StatusCode::NOT_MODIFIED;
    let gunzip = match packing(&parts.headers) {
        "" | "identity" => None,
        "gzip" | "x-gzip" if has_content => {
            parts.headers.remove(header::CONTENT_ENCODING);
            parts.headers.remove(header::CONTENT_LENGTH);
            Some(Gunzip::new())
        }
        _ if !has_content => None,
        _ => {
            return Err(broken(
                &origin,
                "it is packed in a way that was not asked for",
            ));
        }
    };
    let length = parts.headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if has_content && length.is_some_and(|length| length > limits.body) {
        return Err(Error::TooLarge {
            origin: origin.to_string(),
            limit: limits.body,
        });
    }
    Ok(Answer {
        status: parts.status,
        headers: parts.headers,
        url: hop.url.clone(),
        body: Body {
            incoming,
            gunzip,
            is_over: false,
            origin: Arc::new(origin),
            limit: limits.body,
            passed: 0,
            read_limit: limits.read,
            last: limits.last,
            place: Some(place),
        },
    })
}

fn packing(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_ENCODING);
    value.map_or("", |value| value.to_str().unwrap_or("unreadable").trim())
}

/// What hyper's failure means for the caller.
fn failure(error: &legacy::Error, origin: &Origin) -> Error {
    let mut source = error.source();
    while let Some(cause_of_it) = source {
        if let Some(ours) = cause_of_it.downcast_ref::<Error>() {
            return ours.clone();
        }
        if let Some(theirs) = cause_of_it.downcast_ref::<hyper::Error>() {
            return match theirs.is_canceled() {
                // It was given back unsent.
                true => Error::Unreachable {
                    origin: origin.to_string(),
                    why: "the connection was closed".to_owned(),
                },
                false => broken(origin, cause(theirs)),
            };
        }
        source = cause_of_it.source();
    }
    match error.is_connect() {
        true => Error::Unreachable {
            origin: origin.to_string(),
            why: "the connection failed".to_owned(),
        },
        false => broken(origin, "the connection broke"),
    }
}
