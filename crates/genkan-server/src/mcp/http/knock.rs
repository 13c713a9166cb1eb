//! Reads what stands at the door: who, from where, for which profile, with what message.

use axum::{
    body::Body,
    extract::{RawPathParams, rejection::RawPathParamsRejection},
};
use genkan_core::{
    Code, Error, Result, Revision,
    call::{Credential, Door},
    id::{CorrelationId, ProfileName},
};
use http::{HeaderMap, request::Parts};

use crate::{
    guard::{body, credential, source},
    house::House,
    json,
    mcp::{
        exchange::unsupported_version,
        message::{self, Incoming, Message, Refusal},
        modern::{headers, meta},
        trace,
        visitor::Visitor,
    },
};

/// Bodies larger than this are read for known callers only.
const UNKNOWN_CALLER_BYTES: u64 = 64 * 1024;

/// The protocol era of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    Modern,
    Legacy,
}

/// What an address names, if it is text at all.
pub(crate) type Path = std::result::Result<RawPathParams, RawPathParamsRejection>;

/// The profile of the address: that of the path, or the default one.
pub(crate) fn profile(house: &House, path: &Path) -> Result<ProfileName> {
    let none = || {
        Error::new(
            Code::NotFound,
            "nothing is served at this path: it names no profile",
        )
    };
    let path = path.as_ref().map_err(|_| none())?;
    match path.iter().find(|(name, _)| *name == "profile") {
        None => Ok(house.default_profile.clone()),
        Some((_, name)) => ProfileName::parse(name).map_err(|_| none()),
    }
}

/// Who sent a request. Its door is that of the stateless era until a session is found.
///
/// Error: what is shown is no credential, which is counted as a wrong one is.
pub(crate) async fn visitor(house: &House, parts: &Parts, profile: ProfileName) -> Result<Visitor> {
    let (id, door) = (
        parts.extensions.get::<CorrelationId>().cloned(),
        Door::McpHttp,
    );
    let source = source::of(parts, &house.settings().trusted_proxies);
    let credential = match credential::read(&parts.headers) {
        Ok(credential) => credential,
        Err(error) => {
            // Boxed, since it is rare, and would make every request's future larger.
            Box::pin(house.engine.refuse(&error, &source, door)).await;
            return Err(error);
        }
    };
    Ok(Visitor {
        credential,
        door,
        profile,
        correlation_id: id
            .unwrap_or_else(|| CorrelationId::generate(&*house.clock, &*house.random)),
        trace: trace::of_headers(&parts.headers),
        source,
    })
}

/// Reads the message, once who sends it may send anything at all.
///
/// A caller who shows nothing is refused before the body is read; one who shows something is
/// known by the engine, unless the body is so large that reading it is a favour.
pub(crate) async fn message(
    house: &House,
    visitor: &Visitor,
    headers: &HeaderMap,
    body: Body,
) -> Result<Incoming, Refusal> {
    let large = body::told_length(headers).is_none_or(|length| length > UNKNOWN_CALLER_BYTES);
    if large || matches!(visitor.credential, Credential::None) {
        visitor.principal(house).await.map_err(plain)?;
    }
    let (most, time, depth) = {
        let settings = house.settings();
        (
            settings.body_bytes,
            settings.body_timeout,
            settings.json_depth,
        )
    };
    let read = async {
        body::check_type(headers).map_err(plain)?;
        let bytes = body::read(body, headers, most, time).await.map_err(plain)?;
        message::read(json::parse(&bytes, depth).map_err(plain)?)
    };
    match read.await {
        Ok(incoming) => Ok(incoming),
        // Who may not come in is told that, whatever else is wrong.
        Err(refusal) => match visitor.principal(house).await {
            Ok(_) => Err(refusal),
            Err(unknown) => Err(Refusal {
                id: refusal.id,
                error: unknown,
            }),
        },
    }
}

/// The era of a message: that of its metadata, else that of its header.
pub(crate) fn era(headers: &HeaderMap, incoming: &Incoming) -> Result<Era> {
    match is_modern(incoming) {
        true => Ok(Era::Modern),
        false => era_of_headers(headers),
    }
}

/// Whether the message itself says that it is of the stateless era.
pub(crate) fn is_modern(incoming: &Incoming) -> bool {
    let params = match incoming {
        Incoming::One(Message::Request(request)) => Some(&request.params),
        Incoming::One(Message::Notification(notification)) => Some(&notification.params),
        Incoming::One(Message::Response(_)) | Incoming::Batch(_) => None,
    };
    params.is_some_and(meta::is_modern)
}

/// The era that the headers alone tell.
pub(crate) fn era_of_headers(headers: &HeaderMap) -> Result<Era> {
    let Some(version) = headers::optional(headers, &headers::VERSION)? else {
        return Ok(Era::Legacy);
    };
    match Revision::parse(version) {
        Some(revision) if revision.is_modern() => Ok(Era::Modern),
        Some(_) => Ok(Era::Legacy),
        None => Err(unsupported_version(version, &meta::supported())),
    }
}

/// A refusal that belongs to no request.
pub(crate) fn plain(error: Error) -> Refusal {
    Refusal { id: None, error }
}
