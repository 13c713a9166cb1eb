//! Reads a request's body: of the right type, within its size and its time.

use std::{pin::pin, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use genkan_core::{Code, Error, Result, within::within};
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};

/// Refuses what is not plain JSON in UTF-8.
pub(crate) fn check_type(headers: &HeaderMap) -> Result<()> {
    let refused = |message| Err(Error::new(Code::UnsupportedMediaType, message));
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|coding| coding != "identity")
    {
        return refused("the body is compressed, and that is not read here");
    }
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let mut parts = kind.split(';').map(str::trim);
    if !parts
        .next()
        .unwrap_or_default()
        .eq_ignore_ascii_case("application/json")
    {
        return refused("the header `Content-Type` is not `application/json`");
    }
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("charset")
            .then_some(value.trim_matches('"'))
    });
    match charset {
        Some(charset) if !charset.eq_ignore_ascii_case("utf-8") => {
            refused("JSON comes in UTF-8 here")
        }
        _ => Ok(()),
    }
}

/// How many bytes the body is said to have, if it is said.
pub(crate) fn told_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Reads the whole body.
pub(crate) async fn read(
    body: Body,
    headers: &HeaderMap,
    limit: usize,
    time: Duration,
) -> Result<Bytes> {
    let told = told_length(headers);
    if told.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let read = within(time, pin!(gather(body, limit))).await;
    read.unwrap_or_else(|_| {
        let message = format!("the body did not arrive within {} s", time.as_secs_f64());
        Err(Error::new(Code::RequestTimeout, message))
    })
}

async fn gather(body: Body, limit: usize) -> Result<Bytes> {
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut rest: Vec<u8> = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|fault| {
            Error::new(Code::InvalidRequest, "the body broke off before its end").source(fault)
        })?;
        if first.len() + rest.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        // Most bodies are one chunk, which is taken as it is.
        match (first.is_empty(), rest.is_empty()) {
            (true, true) => first = chunk,
            (false, true) => {
                rest.extend_from_slice(&first);
                rest.extend_from_slice(&chunk);
                first = Bytes::new();
            }
            (_, false) => rest.extend_from_slice(&chunk),
        }
    }
    Ok(if rest.is_empty() { first } else { rest.into() })
}

fn too_large(limit: usize) -> Error {
    Error::new(
        Code::PayloadTooLarge,
        format!("the body has more than {limit} bytes"),
    )
}
