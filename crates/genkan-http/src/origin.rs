//! Addresses: which ones may be requested at all, and whose they are.

use std::fmt;

use http::Uri;
use url::Url;

use crate::{Error, Result};

/// Scheme, host and port (RFC 6454 §4): whom credentials, pools and limits belong to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Whether it is spoken to through TLS.
    pub(crate) is_https: bool,
    /// A lower-case name, or an address; IPv6 without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

/// Reads an address that a request may have: `http` or `https`, a host, and nobody's name or
/// password. Decimal, octal and other forms of an address become the plain one.
pub fn parse_url(text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|_| Error::Address("is none"))?;
    check(&url)?;
    Ok(url)
}

/// Checks an address that was joined or redirected to.
pub(crate) fn check(url: &Url) -> Result<()> {
    if url.scheme() != "http" && url.scheme() != "https" {
        return Err(Error::Address("has another scheme than http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Address("names a user or a password"));
    }
    if url
        .host_str()
        .is_none_or(|host| host.trim_matches('.').is_empty())
    {
        return Err(Error::Address("has no host"));
    }
    if url.port() == Some(0) {
        return Err(Error::Address("has port 0"));
    }
    Ok(())
}

impl Origin {
    /// Whose address this is.
    pub fn of(url: &Url) -> Result<Self> {
        check(url)?;
        Ok(Self {
            is_https: url.scheme() == "https",
            host: bare(url.host_str().unwrap_or_default()),
            port: url.port_or_known_default().unwrap_or_default(),
        })
    }

    /// Whose address this is, from the form in which hyper hands it to the connector.
    pub(crate) fn of_uri(uri: &Uri) -> Result<Self> {
        let is_https = uri.scheme_str() == Some("https");
        let host = uri.host().ok_or(Error::Address("has no host"))?;
        Ok(Self {
            is_https,
            host: bare(host),
            port: uri.port_u16().unwrap_or(if is_https { 443 } else { 80 }),
        })
    }

    /// `host:port`, as CONNECT and proxies want it.
    pub(crate) fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

fn bare(host: &str) -> String {
    let host = host.strip_prefix('[').unwrap_or(host);
    host.strip_suffix(']').unwrap_or(host).to_owned()
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

#[cfg(test)]
mod tests;
