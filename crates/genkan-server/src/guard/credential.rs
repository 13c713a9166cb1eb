//! What a request shows to be known by: a bearer or `X-API-Key`, in a header and nowhere else.

use genkan_core::{Code, Error, Result, Secret, call::Credential};
use http::{HeaderMap, HeaderName, header::AUTHORIZATION};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Reads the credential. Nothing shown is not an error here: the engine refuses it, and counts.
pub(crate) fn read(headers: &HeaderMap) -> Result<Credential> {
    let bearer = single(headers, &AUTHORIZATION)?.map(bearer).transpose()?;
    let key = single(headers, &API_KEY)?.map(str::trim);
    match (bearer, key) {
        (Some(one), Some(other)) if one != other => Err(refused(
            "`Authorization` and `X-API-Key` show different credentials",
        )),
        (Some(shown), _) | (None, Some(shown)) => {
            Ok(Credential::ApiKey(Secret::new(shown.to_owned())))
        }
        (None, None) => Ok(Credential::None),
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    match (value.to_str(), values.next()) {
        (Ok(text), None) => Ok(Some(text)),
        (Err(_), _) => Err(refused(format!(
            "the header `{name}` has characters that no credential has"
        ))),
        (_, Some(_)) => Err(refused(format!(
            "the header `{name}` stands more than once"
        ))),
    }
}

/// `Bearer` and the token; the scheme in any case (RFC 9110 §11.1, RFC 6750 §2.1).
fn bearer(value: &str) -> Result<&str> {
    match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim_start()),
        _ => Err(refused(
            "the header `Authorization` is not `Bearer` and a key",
        )),
    }
}

fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Code::Unauthenticated, message)
}
