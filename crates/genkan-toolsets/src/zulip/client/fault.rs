//! What Zulip's refusals are in our words.

use std::error::Error as StdError;

use genkan_core::{Code, Error};
use http::StatusCode;
use serde_json::{Value, json};

/// An answer in Zulip's own form that is no success. Its code stays in the detail, as `zulip_code`.
pub(super) fn refused(status: StatusCode, told: &Value) -> Error {
    let said = told["msg"].as_str().unwrap_or("it does not say why");
    let zulip_code = told["code"].as_str().unwrap_or_default();
    let code = match (zulip_code, status.as_u16()) {
        ("STREAM_DOES_NOT_EXIST" | "BAD_EVENT_QUEUE_ID", _) | (_, 404) => Code::NoSuchItem,
        ("RATE_LIMIT_HIT", _) | (_, 429) => Code::RemoteBusy,
        ("UNAUTHORIZED_PRINCIPAL", _) | (_, 401 | 403) => Code::RemoteRefused,
        (_, 413) => Code::TooLarge,
        (_, 400..=499) => Code::InvalidArguments,
        _ => Code::RemoteBroken,
    };
    let error = Error::new(code, format!("Zulip refuses: {said}"));
    let error = match (code, zulip_code) {
        (_, "UNAUTHORIZED_PRINCIPAL") => {
            error.hint("The user or bot of this call may not do that; ask somebody who may.")
        }
        (Code::RemoteRefused, _) => error.hint(
            "Check address and API key; a key has 32 characters and is shown in Zulip's settings.",
        ),
        _ => error,
    };
    error.data(json!({ "zulip_code": zulip_code }))
}

/// Whether a refusal has this code of Zulip's.
pub(super) fn is(error: &Error, zulip_code: &str) -> bool {
    error
        .data_value()
        .is_some_and(|data| data["zulip_code"] == zulip_code)
}

/// An answer that is not Zulip's.
pub(super) fn foreign(status: StatusCode) -> Error {
    let message = format!("the address of Zulip answers with {status} and not in Zulip's form");
    Error::new(Code::RemoteBroken, message)
        .hint("Check the address; something before Zulip may have answered, or Zulip is down.")
}

/// No answer to what may have had an effect.
pub(super) fn unknown(error: &impl StdError) -> Error {
    let message = format!("Zulip may have done it, but did not say so: {error}");
    Error::new(Code::OutcomeUnknown, message)
}
