//! Takes the address to listen on, or says who could not have it.

use std::{io, net::SocketAddr};

use genkan_core::{Code, Error, Result};
use tokio::net::TcpListener;

use crate::{platform::service::Service, settings::Settings};

/// The address, or the socket that a service manager listens on already.
pub(super) async fn listener(settings: &Settings) -> Result<TcpListener> {
    let Some(given) = Service::take_listener().map_err(Error::internal)? else {
        return bind(settings.server.bind).await;
    };
    let listener = TcpListener::from_std(given).map_err(Error::internal)?;
    settings.check(listener.local_addr().ok())?;
    Ok(listener)
}

/// The address for operators alone, if there is to be one.
pub(crate) async fn for_operators(settings: &Settings) -> Result<Option<TcpListener>> {
    let Some(address) = settings.ops.bind else {
        return Ok(None);
    };
    let bound = bind(address).await.map(Some);
    bound.map_err(|error| error.hint("Choose another address as `ops.bind`."))
}

/// Binds the address.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
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
