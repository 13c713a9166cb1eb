//! The `Origin` of a request, where a browser sends one, must be a page that is trusted.

use genkan_core::{Code, Error, Result};
use http::{Uri, header::ORIGIN, request::Parts};

use super::{Allowed, host};
use crate::Settings;

/// The origins that may call, beside the address of the server itself.
#[derive(Debug)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(super) fn new(settings: &Settings) -> Self {
        let listed = settings
            .allowed_origins
            .iter()
            .filter_map(|text| canonical(text));
        let public = settings.public_url.as_deref().and_then(canonical);
        Self(listed.chain(public).collect())
    }
}

/// Refuses a request from a page that is not trusted. Requests without `Origin` come from programs.
pub(super) fn check(allowed: &Allowed, request: &Parts) -> Result<()> {
    let mut origins = request.headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return Ok(());
    };
    let text = origin.to_str().ok().filter(|_| origins.next().is_none());
    let told = text.and_then(canonical).ok_or_else(|| refused(text))?;
    if allowed.origins.0.contains(&told) {
        return Ok(());
    }
    // The page came from this very server, whose host has been checked; TLS may end before it.
    let own = host::asked_for(request)?;
    let is_own = ["http", "https"]
        .into_iter()
        .any(|scheme| canonical(&format!("{scheme}://{own}")).as_ref() == Some(&told));
    if is_own { Ok(()) } else { Err(refused(text)) }
}

/// `scheme://host[:port]` in lower case without a default port; `None` for anything else.
fn canonical(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?.to_ascii_lowercase(), uri.authority()?);
    let host = authority.host().to_ascii_lowercase();
    let default = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let port = authority.port_u16();
    // Neither user nor an empty or impossible port may hide between host and path.
    let plain = !host.is_empty() && (port.is_some() || authority.as_str().len() == host.len());
    let bare =
        plain && uri.path() == "/" && uri.query().is_none() && !authority.as_str().contains('@');
    bare.then(|| match port {
        Some(port) if port != default => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    })
}

fn refused(origin: Option<&str>) -> Error {
    let shown: String = origin
        .unwrap_or("?")
        .chars()
        .take(80)
        .flat_map(char::escape_debug)
        .collect();
    Error::new(
        Code::ForbiddenOrigin,
        format!("pages of the origin `{shown}` may not call this server"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::canonical;

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own(text in "(https?|HTTP|ftp)://[a-zA-Z.@:/0-9\\[\\]]{0,20}") {
            if let Some(form) = canonical(&text) {
                prop_assert_eq!(canonical(&form), Some(form.clone()));
                prop_assert!(form.starts_with("http") && !form.ends_with('/'), "{}", form);
            }
        }

        #[test]
        fn anything_else_is_none_or_a_form_without_panic(text in "\\PC{0,40}") {
            let _ = canonical(&text);
        }
    }
}
