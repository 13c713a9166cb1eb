//! Takes the address to listen on, or says who could not have it.

use std::{io, net::SocketAddr};

use genkan_core::{Code, Error, Result};
use tokio::net::TcpListener;

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
