//! Section `server`: where the server listens, and for whom.

use std::{fmt, net::SocketAddr};

use genkan_core::{Code, Error, Network, Result};

use crate::settings::{
    section::section,
    value::{ListItem, checked_text},
};

section! {
    /// Where the server listens, and for whom.
    Server "server" {
        /// The address to listen on. Port 0 takes any free one.
        bind: SocketAddr = Some("127.0.0.1:8137");
        /// The address by which clients know the server, without a path. It gives the Host and
        /// Origin that are accepted, and later the issuer of tokens. Required off loopback.
        public_url: Option<PublicUrl> = None;
        /// Web origins that may call, beside the server's own.
        allowed_origins: Vec<Origin> = None, AtOnce;
        /// Values of the Host header that are accepted, beside loopback and `public_url`.
        allowed_hosts: Vec<Host> = None, AtOnce;
        /// A proxy in front of this server ends TLS. Without it, and without `tls.cert`, the server
        /// listens on loopback only.
        behind_proxy: bool = Some("false");
        /// Addresses and networks of the proxies in front of this server: what these say in
        /// `X-Forwarded-For` is believed. Required with `behind_proxy` off loopback.
        trusted_proxies: Vec<Network> = None, AtOnce;
        /// What this installation is for. In `development` calls are logged with their arguments and
        /// answers, secrets masked, and `genkan dev` works; any other name, such as `production`, is
        /// a name only.
        environment: Purpose = Some("staging");
        /// How long a stop waits for calls that still run.
        drain_seconds: std::num::NonZeroU64 = Some("20"), AtOnce;
    }
}

impl Server {
    /// Refuses what would serve the network in the open.
    pub(super) fn check(&self, bind: SocketAddr, has_tls: bool) -> Result<()> {
        if bind.ip().is_loopback() {
            return Ok(());
        }
        let lack = |what: &str, hint: &'static str| {
            let message = format!("`server.bind` is {bind}, which is not loopback, {what}");
            Err(Error::new(Code::ConfigInvalid, message).hint(hint))
        };
        if !self.behind_proxy && !has_tls {
            let hint = "Set `tls.cert` and `tls.key`; or put a proxy that ends TLS in front and \
                        say `--behind-proxy` (`server.behind_proxy = true`); or listen on \
                        127.0.0.1.";
            return lack("without TLS", hint);
        }
        if self.public_url.is_none() {
            let hint = "Set `server.public_url` to the address by which clients reach this server, \
                        such as \"https://genkan.example.org\".";
            return lack("but `server.public_url` is not set", hint);
        }
        if self.behind_proxy && self.trusted_proxies.is_empty() {
            let hint = "Set `server.trusted_proxies` to the addresses or networks of the proxies, \
                        such as [\"10.0.0.0/8\"].";
            return lack("but `server.trusted_proxies` is not set", hint);
        }
        Ok(())
    }
}

/// What an installation is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purpose(String);

impl Purpose {
    /// Whether it is for who develops.
    pub(crate) fn is_development(&self) -> bool {
        self.0 == "development"
    }

    fn check(text: &str) -> Result<Self, &'static str> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        match (1..=32).contains(&text.len()) && text.bytes().all(is_name) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(""),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text!(Purpose, "a name such as development or production");

/// `http://host[:port]` or `https://host[:port]`, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    fn check(text: &str) -> Result<Self, &'static str> {
        web_origin(text.strip_suffix('/').unwrap_or(text)).map(Self)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

checked_text!(PublicUrl, "an address such as https://genkan.example.org");

/// A web origin (RFC 6454 §6.2): scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    fn check(text: &str) -> Result<Self, &'static str> {
        web_origin(text).map(Self)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ListItem for Origin {
    const LIST: &'static str = "a list of origins such as https://app.example.org";
}

checked_text!(Origin, "an origin such as https://app.example.org");

/// A value of the Host header: a name or address, with a port if it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host(String);

impl Host {
    fn check(text: &str) -> Result<Self, &'static str> {
        let authority: http::uri::Authority = text.parse().map_err(|_| "")?;
        match authority.as_str().contains('@') {
            true => Err(", which names a user"),
            false => Ok(Self(text.to_ascii_lowercase())),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ListItem for Host {
    const LIST: &'static str = "a list of hosts such as genkan.example.org:8443";
}

checked_text!(Host, "a host such as genkan.example.org:8443");

impl ListItem for Network {
    const LIST: &'static str = "a list of addresses and networks such as 10.0.0.0/8";
}

checked_text!(Network, "an address or network such as 10.0.0.0/8");

/// Checks `scheme://host[:port]` with nothing after it; lower case, as browsers send it.
fn web_origin(text: &str) -> Result<String, &'static str> {
    let uri: http::Uri = text.parse().map_err(|_| "")?;
    let scheme = uri.scheme_str().ok_or("")?;
    let authority = uri.authority().ok_or("")?;
    if scheme != "http" && scheme != "https" {
        return Err(", whose scheme is neither http nor https");
    }
    if authority.as_str().contains('@') {
        return Err(", which names a user");
    }
    if text.len() != scheme.len() + "://".len() + authority.as_str().len() {
        return Err(", which has more than a host and a port");
    }
    Ok(text.to_ascii_lowercase())
}
