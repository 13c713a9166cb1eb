//! The `Host` of a request must be one of ours, against DNS rebinding.

use std::sync::OnceLock;

use genkan_core::{Code, Error, Result};
use http::{HeaderValue, Uri, header::HOST, request::Parts, uri::Authority};

use super::Allowed;
use crate::Settings;

/// Names of this machine that no page on the network can have.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The hosts that may be asked for.
#[derive(Debug)]
pub(crate) struct Hosts {
    ours: Vec<Host>,
    /// The first `Host` header that was found to be one of ours. The answer for one text is always
    /// the same, and most requests have the same text.
    usual: OnceLock<HeaderValue>,
}

/// A name in lower case, and a port where only that one is meant.
#[derive(Debug, PartialEq)]
struct Host {
    name: String,
    port: Option<u16>,
}

impl Hosts {
    pub(super) fn new(settings: &Settings) -> Self {
        let loopback = LOOPBACK.map(|name| Host {
            name: name.into(),
            port: None,
        });
        let public = settings
            .public_url
            .as_deref()
            .and_then(|url| url.parse::<Uri>().ok());
        let public = public.as_ref().and_then(Uri::host).map(|name| Host {
            name: plain(name),
            port: None,
        });
        let further = settings
            .allowed_hosts
            .iter()
            .filter_map(|text| text.parse().ok());
        let further = further.map(|authority: Authority| Host {
            name: plain(authority.host()),
            port: authority.port_u16(),
        });
        Self {
            ours: loopback.into_iter().chain(public).chain(further).collect(),
            usual: OnceLock::new(),
        }
    }

    fn allows(&self, authority: &Authority) -> bool {
        let name = authority
            .host()
            .strip_suffix('.')
            .unwrap_or(authority.host());
        self.ours.iter().any(|host| {
            host.name.eq_ignore_ascii_case(name)
                && (host.port.is_none() || host.port == authority.port_u16())
        })
    }
}

/// Refuses a request for a host that is not ours.
pub(super) fn check(allowed: &Allowed, request: &Parts) -> Result<()> {
    let told = only_header(request);
    if told.is_some() && told == allowed.hosts.usual.get() {
        return Ok(());
    }
    let authority = asked_for(request)?;
    if allowed.hosts.allows(&authority) {
        if let Some(told) = told {
            allowed.hosts.usual.get_or_init(|| told.clone());
        }
        return Ok(());
    }
    let shown: String = authority.as_str().chars().take(80).collect();
    Err(Error::new(
        Code::ForbiddenHost,
        format!("this server does not answer for the host `{shown}`"),
    ))
}

/// The one `Host` header, where nothing else says which host is meant.
fn only_header(request: &Parts) -> Option<&HeaderValue> {
    let mut hosts = request.headers.get_all(HOST).iter();
    let told = hosts.next()?;
    (hosts.next().is_none() && request.uri.authority().is_none()).then_some(told)
}

/// The host and port that the request is for: `:authority` of HTTP/2, else the one `Host` header.
pub(super) fn asked_for(request: &Parts) -> Result<Authority> {
    if let Some(authority) = request.uri.authority() {
        return Ok(authority.clone());
    }
    let mut hosts = request.headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes())
            .map_err(|_| Error::new(Code::ForbiddenHost, "the header `Host` is not a host")),
        (None, _) => Err(Error::new(
            Code::ForbiddenHost,
            "the header `Host` is missing",
        )),
        (Some(_), Some(_)) => Err(Error::new(
            Code::ForbiddenHost,
            "the header `Host` stands more than once",
        )),
    }
}

fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}
