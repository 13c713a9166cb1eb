//! Where a request came from: the peer, or whom a trusted proxy says that it speaks for.

#[cfg(test)]
mod tests;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use http::{HeaderMap, HeaderName, request::Parts};

use genkan_core::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: IpAddr,
    /// Its text form, made once for a connection.
    text: Arc<str>,
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self {
            address,
            text: address.to_string().into(),
        }
    }
}

/// The source of a request, as records name it.
pub(crate) fn of(request: &Parts, trusted: &[Network]) -> Arc<str> {
    let Some(peer) = request.extensions.get::<Peer>() else {
        return "unknown".into();
    };
    match client(peer.address, &request.headers, trusted) {
        address if address == peer.address => Arc::clone(&peer.text),
        address => address.to_string().into(),
    }
}

/// Walks `X-Forwarded-For` from its end, where the nearest proxy wrote, for as long as who wrote is
/// trusted. What a client wrote itself stands before all of that and is never reached.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let mut current = peer;
    for header in headers.get_all(FORWARDED_FOR).iter().rev() {
        for hop in header.to_str().unwrap_or_default().rsplit(',') {
            if !trusted.iter().any(|network| network.contains(current)) {
                return current;
            }
            match address(hop.trim()) {
                Some(address) => current = address.to_canonical(),
                None => return current,
            }
        }
    }
    current
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}
