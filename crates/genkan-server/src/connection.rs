//! One connection: TLS first where the door has it, then HTTP/1.1, or HTTP/2 where TLS agreed on it.

use std::{error::Error, future::Future, pin::Pin, pin::pin, time::Duration};

use axum::{Router, body::Body};
use genkan_core::lifecycle::Lifecycle;
use http::{Request, Response};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::Service;
use tracing::debug;

use crate::{Settings, guard::source::Peer, patient::Patient};

/// The most bytes that a request's head, or one read of a body, may take.
const BUFFER: usize = 128 * 1024;
/// Requests that one connection of HTTP/2 may have under way.
const STREAMS: u32 = 256;
/// How often a silent connection of HTTP/2 is asked whether it is still there.
const ASKED: Duration = Duration::from_secs(20);

/// How every connection of one door is served.
#[derive(Clone)]
pub(crate) struct Manner {
    router: Router,
    lifecycle: Lifecycle,
    tls: Option<TlsAcceptor>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    head_timeout: Duration,
    write_timeout: Duration,
}

impl Manner {
    pub(crate) fn new(
        router: Router,
        settings: &Settings,
        tls: Option<TlsAcceptor>,
        lifecycle: &Lifecycle,
    ) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(settings.head_timeout)
            .max_buf_size(BUFFER);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(BUFFER).unwrap_or(u32::MAX))
            .keep_alive_interval(ASKED)
            .keep_alive_timeout(settings.head_timeout);
        Self {
            router,
            lifecycle: lifecycle.clone(),
            tls,
            http1,
            http2,
            head_timeout: settings.head_timeout,
            write_timeout: settings.write_timeout,
        }
    }

    /// Serves one connection to its end.
    pub(crate) async fn serve(self, stream: TcpStream, peer: Peer, _place: OwnedSemaphorePermit) {
        let stream = Patient::new(stream, self.write_timeout);
        let Some(tls) = &self.tls else {
            return self.plain(stream, peer).await;
        };
        // Who is slow to agree on keys takes a place like who is slow to send a head.
        match timeout(self.head_timeout, tls.accept(stream)).await {
            Ok(Ok(stream)) => {
                let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                match is_http2 {
                    true => self.multiplexed(stream, peer).await,
                    false => self.plain(stream, peer).await,
                }
            }
            Ok(Err(error)) => debug!(%error, "a client and this server did not agree on TLS"),
            Err(_) => debug!("a client was too slow to agree on TLS"),
        }
    }

    async fn plain(&self, stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer) {
        let service = service_fn(|request| answer(self.router.clone(), peer.clone(), request));
        let connection = self.http1.serve_connection(TokioIo::new(stream), service);
        until_stopped(
            pin!(connection),
            |it| it.graceful_shutdown(),
            &self.lifecycle,
        )
        .await;
    }

    async fn multiplexed(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: Peer,
    ) {
        let router = self.router.clone();
        let service = service_fn(move |request| answer(router.clone(), peer.clone(), request));
        let connection = self.http2.serve_connection(TokioIo::new(stream), service);
        until_stopped(
            pin!(connection),
            |it| it.graceful_shutdown(),
            &self.lifecycle,
        )
        .await;
    }
}

async fn answer(
    mut router: Router,
    peer: Peer,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, std::convert::Infallible> {
    request.extensions_mut().insert(peer);
    router.call(request.map(Body::new)).await
}

/// Drives a connection. A soft stop lets requests that are under way finish; a hard one does not.
async fn until_stopped<C>(
    mut connection: Pin<&mut C>,
    finish: impl Fn(Pin<&mut C>),
    lifecycle: &Lifecycle,
) where
    C: Future<Output = hyper::Result<()>>,
{
    // Of its own: to ask one that is everybody's is to wait for everybody, several times a request.
    let soft = lifecycle.soft_stop().child_token();
    let hard = lifecycle.hard_stop().child_token();
    let mut draining = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    debug!(error = &error as &dyn Error, "a connection ended early");
                }
                return;
            }
            () = soft.cancelled(), if !draining => {
                draining = true;
                finish(connection.as_mut());
            }
            () = hard.cancelled() => return,
        }
    }
}
