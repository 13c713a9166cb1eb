//! Opens connections: resolves once, checks every address, connects to no other.
//!
//! A connection holds one of its origin's places for as long as it is open, so that there are never
//! more than allowed, whatever the pool does.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::{
    client::legacy::connect::{Connected, Connection as PoolConnection},
    rt::TokioIo,
};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    Error, Options, Origin, Proxy, Result,
    host::{Host, Hosts},
    measure::Open,
};

/// Opens connections for the pool.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) options: Arc<Options>,
    pub(crate) hosts: Arc<Hosts>,
    pub(crate) tls: TlsConnector,
}

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open connection, with the place that it takes.
pub(crate) struct Connection {
    stream: TokioIo<Box<dyn Stream>>,
    is_h2: bool,
    is_proxied: bool,
    _open: Open,
    _place: OwnedSemaphorePermit,
}

impl Connector {
    async fn connect(self, uri: Uri) -> Result<Connection> {
        let origin = Origin::of_uri(&uri)?;
        let host = self.hosts.get(&origin)?;
        let limit = self.options.connect_limit;
        timeout(limit, self.open(&origin, &host))
            .await
            .unwrap_or_else(|_| {
                let why = format!("no connection within {} ms", limit.as_millis());
                Err(unreachable(&origin, why))
            })
    }

    async fn open(&self, origin: &Origin, host: &Host) -> Result<Connection> {
        let place = Arc::clone(&host.connections)
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy {
                origin: origin.to_string(),
            })?;
        let proxy = self.options.proxy.as_ref();
        let proxy = proxy.filter(|proxy| proxy.is_for(&origin.host));
        let tcp = match proxy {
            None => self.straight(origin).await?,
            Some(proxy) => self.through(proxy, origin).await?,
        };
        let (stream, is_h2) = match origin.is_https {
            false => (Box::new(tcp) as Box<dyn Stream>, false),
            true => self.secure(tcp, origin).await?,
        };
        Ok(Connection {
            stream: TokioIo::new(stream),
            is_h2,
            is_proxied: proxy.is_some() && !origin.is_https,
            _open: host.meter.connection(),
            _place: place,
        })
    }

    /// Resolves, checks, and connects to one of the addresses that passed.
    async fn straight(&self, origin: &Origin) -> Result<TcpStream> {
        let found = self.addresses(&origin.host).await;
        let found = found.map_err(|why| unreachable(origin, why.to_string()))?;
        let (permitted, refused): (Vec<IpAddr>, Vec<IpAddr>) = found
            .into_iter()
            .partition(|address| self.options.guard.permits(*address));
        if permitted.is_empty() {
            return Err(match refused.first() {
                Some(&address) => Error::Refused {
                    host: origin.host.clone(),
                    address,
                },
                None => unreachable(origin, "the name has no address".to_owned()),
            });
        }
        tcp(&permitted, origin.port)
            .await
            .map_err(|error| unreachable(origin, error.to_string()))
    }

    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        match host.parse() {
            Ok(address) => Ok(vec![address]),
            Err(_) => (self.options.lookup)(host.to_owned()).await,
        }
    }

    /// Connects to the proxy, whose address is the operator's own, and through it.
    async fn through(&self, proxy: &Proxy, origin: &Origin) -> Result<TcpStream> {
        if let Ok(address) = origin.host.parse()
            && !self.options.guard.permits(address)
        {
            return Err(Error::Refused {
                host: origin.host.clone(),
                address,
            });
        }
        let failed = |error: io::Error| unreachable(origin, format!("through the proxy: {error}"));
        let found = self.addresses(&proxy.origin.host).await.map_err(failed)?;
        let mut stream = tcp(&found, proxy.origin.port).await.map_err(failed)?;
        if origin.is_https {
            proxy.tunnel(&mut stream, origin).await.map_err(failed)?;
        }
        Ok(stream)
    }

    async fn secure(&self, tcp: TcpStream, origin: &Origin) -> Result<(Box<dyn Stream>, bool)> {
        let name = ServerName::try_from(origin.host.clone())
            .map_err(|_| unreachable(origin, "no certificate can have this name".to_owned()))?;
        let stream = self
            .tls
            .connect(name, tcp)
            .await
            .map_err(|error| unreachable(origin, format!("TLS: {error}")))?;
        let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Ok((Box::new(stream), is_h2))
    }
}

/// Tries the addresses one after another.
async fn tcp(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::other("the name has no address");
    for &address in addresses {
        match TcpStream::connect(SocketAddr::new(address, port)).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn unreachable(origin: &Origin, why: String) -> Error {
    Error::Unreachable {
        origin: origin.to_string(),
        why,
    }
}

impl tower_service::Service<Uri> for Connector {
    type Response = Connection;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Connection>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().connect(uri))
    }
}

impl PoolConnection for Connection {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.is_proxied);
        match self.is_h2 {
            true => connected.negotiated_h2(),
            false => connected,
        }
    }
}

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }
}

#[cfg(test)]
mod tests;
