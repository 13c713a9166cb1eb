//! The HTTP headers that mirror a message (MCP 2026-07-28 transports, standard headers).
//!
//! They only have to agree with the body: nothing is decided by them.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::{Code, Error, Result, Revision};
use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value};

use super::{discover, meta};
use crate::{
    Quirks, json,
    mcp::message::{Notification, Request},
    quirk::Quirk,
};

/// The revision of a message.
pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// Checks the headers of a request against its body.
pub(crate) fn check_request(headers: &HeaderMap, request: &Request, quirks: Quirks) -> Result<()> {
    let version = required(headers, &VERSION)?;
    let told = meta::version(&request.params)?;
    // Other revisions may have other headers, so theirs are not looked at.
    let agree = version == told;
    if agree {
        meta::check_version(told)?;
    }
    let checked = match agree {
        true => check_method(headers, &request.method)
            .and_then(|()| check_name(headers, &request.method, &request.params)),
        false => Err(mismatch(
            &VERSION,
            "`params._meta[\"io.modelcontextprotocol/protocolVersion\"]`",
        )),
    };
    let Err(fault) = checked else { return Ok(()) };
    match forgiven(headers, request, version, agree, quirks) {
        Some(quirk) if meta::check_version(told).is_ok() => {
            quirk.forgive();
            Ok(())
        }
        _ => Err(fault),
    }
}

/// Which known fault of a client this is, if it is one that is forgiven. The body decides.
fn forgiven(
    headers: &HeaderMap,
    request: &Request,
    version: &str,
    agree: bool,
    quirks: Quirks,
) -> Option<Quirk> {
    if quirks.discover_headers && request.method == discover::METHOD {
        return Some(Quirk::DiscoverHeaders);
    }
    // Such a client knows nothing of the headers that came later; what it sends must agree.
    let is_older = version == Revision::NEWEST_LEGACY.as_str();
    let method = !headers.contains_key(METHOD) || check_method(headers, &request.method).is_ok();
    let name = !headers.contains_key(NAME)
        || check_name(headers, &request.method, &request.params).is_ok();
    (quirks.version_header && !agree && is_older && method && name).then_some(Quirk::VersionHeader)
}

/// Checks the headers of a notification, which need not carry metadata.
pub(crate) fn check_notification(headers: &HeaderMap, notification: &Notification) -> Result<()> {
    let version = required(headers, &VERSION)?;
    if meta::is_modern(&notification.params) && version != meta::version(&notification.params)? {
        return Err(mismatch(
            &VERSION,
            "`params._meta[\"io.modelcontextprotocol/protocolVersion\"]`",
        ));
    }
    meta::check_version(version)?;
    check_method(headers, &notification.method)
}

/// The value of a header that may stand once at most.
pub(crate) fn optional<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(fault(format!("the header `{name}` stands more than once")));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim_matches([' ', '\t']))),
        Err(_) => Err(fault(format!(
            "the header `{name}` has characters that no header may have"
        ))),
    }
}

/// Arguments that the headers of a `tools/call` repeat, by what follows `Mcp-Param-`. Whether they
/// agree with the body is for the engine to say, which knows the tool.
pub(crate) fn mirrored(headers: &HeaderMap, method: &str) -> Result<Vec<(String, String)>> {
    let mut told = Vec::new();
    if method != "tools/call" {
        return Ok(told);
    }
    for name in headers.keys() {
        if let Some(parameter) = name.as_str().strip_prefix("mcp-param-")
            && let Some(value) = optional(headers, name)?
        {
            told.push((parameter.to_owned(), value.to_owned()));
        }
    }
    Ok(told)
}

fn required<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str> {
    optional(headers, name)?.ok_or_else(|| fault(format!("the header `{name}` is missing")))
}

fn check_method(headers: &HeaderMap, method: &str) -> Result<()> {
    match required(headers, &METHOD)? == method {
        true => Ok(()),
        false => Err(mismatch(&METHOD, "`method`")),
    }
}

fn check_name(headers: &HeaderMap, method: &str, params: &Map<String, Value>) -> Result<()> {
    let member = match method {
        "tools/call" | "prompts/get" => "name",
        "resources/read" => "uri",
        "tasks/get" | "tasks/update" | "tasks/cancel" => "taskId",
        _ => return Ok(()),
    };
    // A body without the name is refused for that, by whoever reads its parameters.
    let Some(Value::String(told)) = json::member(params, member) else {
        return Ok(());
    };
    let name = decode(required(headers, &NAME)?)?;
    match *name == **told {
        true => Ok(()),
        false => Err(mismatch(&NAME, &format!("`params.{member}`"))),
    }
}

/// Reads `=?base64?…?=`, the form for values that no header can carry as they are.
fn decode(value: &str) -> Result<Cow<'_, str>> {
    let Some(encoded) = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    else {
        return Ok(Cow::Borrowed(value));
    };
    let decoded = STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .map(Cow::Owned)
        .ok_or_else(|| fault(format!("the header `{NAME}` is not Base64 of UTF-8")))
}

fn mismatch(header: &HeaderName, member: &str) -> Error {
    fault(format!(
        "the header `{header}` differs from {member} of the body"
    ))
}

fn fault(message: String) -> Error {
    Error::new(Code::HeaderMismatch, message)
}
