//! Keeps the connection to Redis: makes it, watches it, makes it again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use genkan_core::{Error, Result};
use redis::{
    AsyncConnectionConfig, PushInfo, PushKind,
    aio::{MultiplexedConnection, SendError},
};
use tokio::{
    sync::mpsc,
    time::{interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Inner, broken, late, relay};

/// How long Redis may take to be reached, and to answer the keeper.
pub(super) const LIMIT: Duration = Duration::from_secs(1);
/// How long to wait before it is tried again.
const PAUSE: Duration = Duration::from_millis(200);
/// How often it is asked whether it is still there.
const BEAT: Duration = Duration::from_millis(500);
/// How many messages may wait to be read before something counts as missed.
const WAITING: usize = 1024;

/// A connection, and what comes over it unasked.
struct Met {
    connection: MultiplexedConnection,
    incoming: mpsc::Receiver<PushInfo>,
    has_missed: Arc<AtomicBool>,
}

/// Keeps a connection until it is told to stop, and sends on what the bus announces.
pub(super) async fn keep(
    inner: Arc<Inner>,
    mut outgoing: mpsc::Receiver<relay::Told>,
    stop: CancellationToken,
) {
    let (mut was_here, mut is_told) = (false, false);
    loop {
        match meet(&inner).await {
            Ok(mut met) => {
                info!("connected to Redis");
                // Before anybody is told that it is there: meanwhile others may have announced much.
                if was_here {
                    inner.bus.deliver_missed();
                }
                (was_here, is_told) = (true, false);
                inner.set_connection(Some(met.connection.clone()));
                let served = serve(&inner, &mut met, &mut outgoing, &stop).await;
                inner.set_connection(None);
                match served {
                    Ok(()) => return,
                    Err(error) => warn!(%error, "Redis was lost; this instance goes on by itself"),
                }
            }
            Err(error) if !is_told => {
                warn!(%error, "Redis is away; this instance goes on by itself");
                is_told = true;
            }
            Err(_) => {}
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Connects and listens to the others.
async fn meet(inner: &Inner) -> Result<Met> {
    let (sender, incoming) = mpsc::channel(WAITING);
    let has_missed = Arc::new(AtomicBool::new(false));
    let missed = Arc::clone(&has_missed);
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(LIMIT))
        // Each question has a limit of its own: that of calls is `redis.timeout_ms`.
        .set_response_timeout(None)
        .set_push_sender(move |push: PushInfo| {
            if sender.try_send(push).is_err() {
                missed.store(true, Ordering::Relaxed);
            }
            Ok::<_, SendError>(())
        });
    let meeting = async {
        let client = &inner.client;
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        connection.subscribe(relay::channel(inner)).await?;
        Ok(connection)
    };
    let connection = timeout(2 * LIMIT, meeting).await.map_err(|_| late())?;
    Ok(Met {
        connection: connection.map_err(|error| broken(&error))?,
        incoming,
        has_missed,
    })
}

/// Uses a connection until it breaks, or until it is told to stop and everything is sent.
async fn serve(
    inner: &Inner,
    met: &mut Met,
    outgoing: &mut mpsc::Receiver<relay::Told>,
    stop: &CancellationToken,
) -> Result<()> {
    let mut beats = interval(BEAT);
    loop {
        if met.has_missed.swap(false, Ordering::Relaxed) {
            inner.bus.deliver_missed();
        }
        if inner.is_unsent.swap(false, Ordering::Relaxed) {
            send(inner, met, relay::Told::Missed).await?;
        }
        tokio::select! {
            push = met.incoming.recv() => match push {
                Some(push) if push.kind == PushKind::Message => relay::deliver(inner, &push.data),
                Some(push) if push.kind != PushKind::Disconnection => {}
                _ => return Err(super::away("it closed the connection")),
            },
            Some(told) = outgoing.recv() => send(inner, met, told).await?,
            _ = beats.tick() => ask(inner, met).await?,
            () = inner.doubts.notified() => ask(inner, met).await?,
            () = stop.cancelled() => {
                while let Ok(told) = outgoing.try_recv() {
                    send(inner, met, told).await?;
                }
                return Ok(());
            }
        }
    }
}

async fn send(inner: &Inner, met: &mut Met, told: relay::Told) -> Result<()> {
    let sent = relay::send(inner, &mut met.connection, told).await;
    sent.inspect_err(|_| inner.is_unsent.store(true, Ordering::Relaxed))
}

/// Ends every doubt, one way or the other.
async fn ask(inner: &Inner, met: &mut Met) -> Result<()> {
    ping(&mut met.connection, LIMIT).await?;
    inner.is_doubted.store(false, Ordering::Relaxed);
    Ok(())
}

/// Whether Redis answers in time.
pub(super) async fn ping(connection: &mut MultiplexedConnection, limit: Duration) -> Result<()> {
    let command = redis::cmd("PING");
    let asked = timeout(limit, command.query_async::<()>(connection)).await;
    asked
        .map_err(|_| late())?
        .map_err(|error| -> Error { broken(&error) })
}
