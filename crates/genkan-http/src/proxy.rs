//! A proxy between the house and everybody else: CONNECT for `https`, the absolute form for `http`.
//!
//! Through a proxy, names are resolved by the proxy, since networks that have one often resolve
//! nothing themselves; addresses given as such are still checked here.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use genkan_core::Secret;
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{Error, Origin, Result, parse_url};

/// The longest head of an answer to CONNECT.
const HEAD: usize = 8_192;

/// A proxy and whom it is not for.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub(crate) origin: Origin,
    pub(crate) authorization: Option<Secret<String>>,
    direct: Vec<String>,
}

impl Proxy {
    /// Reads `http://[user:password@]host:port`. Hosts in `direct`, with all below them, are reached
    /// straight.
    pub fn new(address: &Secret<String>, direct: Vec<String>) -> Result<Self> {
        let mut url = url::Url::parse(address.expose()).map_err(|_| Error::Address("is none"))?;
        if url.scheme() != "http" {
            return Err(Error::Address("of a proxy begins with http://"));
        }
        let authorization = (!url.username().is_empty()).then(|| {
            let part = |text| percent_decode_str(text).decode_utf8_lossy();
            let pair = format!(
                "{}:{}",
                part(url.username()),
                part(url.password().unwrap_or_default())
            );
            Secret::new(format!("Basic {}", STANDARD.encode(pair)))
        });
        let plain = [url.set_username(""), url.set_password(None)];
        if plain.contains(&Err(())) {
            return Err(Error::Address("has no host"));
        }
        Ok(Self {
            origin: Origin::of(&parse_url(url.as_str())?)?,
            authorization,
            direct: direct
                .into_iter()
                .map(|host| host.trim_start_matches('.').to_ascii_lowercase())
                .collect(),
        })
    }

    /// Whether requests to this host go through it.
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let is_below = |direct: &String| {
            host.strip_suffix(direct.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        !self.direct.iter().any(is_below)
    }

    /// What a plain request carries for it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let text = self.authorization.as_ref()?;
        let mut value = HeaderValue::try_from(text.expose()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Asks it to connect on.
    pub(crate) async fn tunnel<S>(&self, stream: &mut S, to: &Origin) -> io::Result<()>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    {
        let authority = to.authority();
        let mut head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if let Some(authorization) = &self.authorization {
            head.push_str("Proxy-Authorization: ");
            head.push_str(authorization.expose());
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        let answer = answer_head(stream).await?;
        match answer.split(' ').nth(1) {
            Some(status) if status.starts_with('2') && status.len() == 3 => Ok(()),
            Some("407") => Err(io::Error::other("the proxy wants another name or password")),
            _ => Err(io::Error::other("the proxy does not connect to it")),
        }
    }
}

/// Reads up to the empty line and no byte further: what follows belongs to the other side.
async fn answer_head<S: tokio::io::AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD {
            return Err(io::Error::other("the answer of the proxy has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    String::from_utf8(head).map_err(|_| io::Error::other("the answer of the proxy is no HTTP"))
}
