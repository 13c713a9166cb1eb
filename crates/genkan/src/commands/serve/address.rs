//! Takes the address to listen on, or says who could not have it.

use std::{io, net::SocketAddr};

use genkan_core::{Code, Error, Result};
use tokio::net::{TcpListener, TcpSocket};

use crate::{platform::service::Service, settings::Settings};

/// How many connections may wait to be taken in, where the system allows as many. With the runtime's own
/// 128, some of a few hundred clients that come at once would wait a second until they try again.
const BACKLOG: u32 = 4096;

/// The address, or the socket that a service manager listens on already.
pub(super) fn listener(settings: &Settings) -> Result<TcpListener> {
    let Some(given) = Service::take_listener().map_err(Error::internal)? else {
        return bind(settings.server.bind);
    };
    let listener = TcpListener::from_std(given).map_err(Error::internal)?;
    settings.check(listener.local_addr().ok())?;
    Ok(listener)
}

/// The address for operators alone, if there is to be one.
pub(crate) fn for_operators(settings: &Settings) -> Result<Option<TcpListener>> {
    let Some(address) = settings.ops.bind else {
        return Ok(None);
    };
    let bound = bind(address).map(Some);
    bound.map_err(|error| error.hint("Choose another address as `ops.bind`."))
}

/// Binds the address.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Error::new(
            Code::AddressInUse,
            format!("another program listens on {address}"),
        )
        .source(error),
        _ => Error::new(
            Code::AddressUnusable,
            format!("cannot listen on {address}: {error}"),
        )
        .source(error),
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that starts again has its address back at once. On Windows it would take another's.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
