//! Accepts connections, with TLS or without, and serves the router on them.
//!
//! Every connection is a task of the lifecycle. A soft stop lets requests that are under way
//! finish; a hard stop ends what is left.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use genkan_core::lifecycle::Lifecycle;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tracing::{debug, warn};

use crate::{Settings, Tls, connection::Manner, guard::source::Peer};

/// How long to wait when the system gives no more connections.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves the router until the soft stop, then waits for open connections. The bounds are those of
/// [`Settings::default`].
///
/// # Errors
/// None while it serves: a connection that fails ends alone.
pub async fn serve(listener: TcpListener, router: Router, lifecycle: &Lifecycle) -> io::Result<()> {
    serve_with(listener, router, &Settings::default(), None, lifecycle).await
}

/// The same with the bounds that an operator set (how many connections, how long a head may take)
/// and with TLS.
///
/// # Errors
/// As [`serve`]; TLS that cannot be set up.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    settings: &Settings,
    tls: Option<&Tls>,
    lifecycle: &Lifecycle,
) -> io::Result<()> {
    let tls = tls.map(Tls::acceptor).transpose();
    let tls = tls.map_err(io::Error::other)?;
    let most = u32::try_from(settings.connections).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(most as usize));
    let manner = Manner::new(router, settings, tls, lifecycle);
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
        let serving = manner.clone().serve(stream, Peer::from(peer.ip()), place);
        lifecycle.start("connection", serving);
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
