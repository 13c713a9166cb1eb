//! Accepts connections and serves the router on them (HTTP/1.1; HTTP/2 comes with TLS).
//!
//! Every connection is a task of the lifecycle. A soft stop lets requests that are under way
//! finish; a hard stop ends what is left.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use genkan_core::lifecycle::Lifecycle;
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tower::Service;
use tracing::{debug, warn};

use crate::{Settings, guard::source::Peer, patient::Patient};

/// The most bytes that a request's head, or one read of a body, may take.
const BUFFER: usize = 128 * 1024;

/// How long to wait when the system gives no more connections.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves the router until the soft stop, then waits for open connections. The bounds are those of
/// [`Settings::default`].
///
/// # Errors
/// None while it serves: a connection that fails ends alone.
pub async fn serve(listener: TcpListener, router: Router, lifecycle: &Lifecycle) -> io::Result<()> {
    serve_with(listener, router, &Settings::default(), lifecycle).await
}

/// The same with the bounds that an operator set: how many connections, how long a head may take.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    settings: &Settings,
    lifecycle: &Lifecycle,
) -> io::Result<()> {
    let most = u32::try_from(settings.connections).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(most as usize));
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout)
        .max_buf_size(BUFFER);
    let (soft, hard) = (lifecycle.soft_stop(), lifecycle.hard_stop());
    loop {
        let accepted = tokio::select! {
            biased;
            () = soft.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else {
            continue;
        };
        let connection = Connection {
            router: router.clone(),
            protocol: protocol.clone(),
            lifecycle: lifecycle.clone(),
            write_timeout: settings.write_timeout,
        };
        lifecycle.start("connection", connection.serve(stream, peer, place));
    }
    drop(listener);
    tokio::select! {
        _ = places.acquire_many(most) => {}
        () = hard.cancelled() => {}
    }
    Ok(())
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Without it, small answers wait up to 40 ms for the peer's acknowledgement.
            if let Err(error) = stream.set_nodelay(true) {
                debug!(%error, "cannot set TCP_NODELAY");
            }
            Some((stream, peer, place))
        }
        Err(error) => {
            warn!(%error, "cannot accept a connection");
            tokio::time::sleep(EXHAUSTED).await;
            None
        }
    }
}

struct Connection {
    router: Router,
    protocol: http1::Builder,
    lifecycle: Lifecycle,
    write_timeout: Duration,
}

impl Connection {
    async fn serve(self, stream: TcpStream, peer: SocketAddr, _place: OwnedSemaphorePermit) {
        let peer = Peer::from(peer.ip());
        let router = self.router;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer.clone());
            router.clone().call(request.map(Body::new))
        });
        let stream = TokioIo::new(Patient::new(stream, self.write_timeout));
        let mut connection = pin!(self.protocol.serve_connection(stream, service));
        let (soft, hard) = (self.lifecycle.soft_stop(), self.lifecycle.hard_stop());
        let mut draining = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = soft.cancelled(), if !draining => {
                    draining = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = hard.cancelled() => return,
            }
        }
    }
}
