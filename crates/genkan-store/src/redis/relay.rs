//! Carries what one instance announces to those who listen on the others, by publish and subscribe.
//!
//! Who was away for a while takes everything for changed, and so does everybody when something could
//! not be told.

use std::sync::{Arc, atomic::Ordering};

use genkan_core::{Change, Error, Result, id::TenantId};
use redis::{Value, aio::MultiplexedConnection};
use serde::{Deserialize, Serialize};
use tokio::{sync::mpsc, time::timeout};
use tracing::warn;

use super::{Inner, broken, keeper::LIMIT, late};

/// How many announcements may wait to be sent, also while Redis is away.
const WAITING: usize = 1024;
/// Longer messages say only that much has changed.
const LONGEST: usize = 256 * 1024;

/// What instances tell each other.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told {
    /// This changed at once.
    Changes {
        tenant: Arc<str>,
        changes: Arc<[Change]>,
    },
    /// So much that not all of it could be told.
    Missed,
}

#[derive(Debug, Serialize, Deserialize)]
struct Message {
    from: String,
    told: Told,
}

/// Where all instances of an installation listen.
pub(super) fn channel(inner: &Inner) -> String {
    inner.name("changes")
}

/// Lets the bus give everything that is announced here to what comes back.
pub(super) fn carry(inner: &Arc<Inner>) -> mpsc::Receiver<Told> {
    let (sender, outgoing) = mpsc::channel(WAITING);
    let weak = Arc::downgrade(inner);
    inner.bus.carry(Box::new(move |tenant, changes| {
        let told = Told::Changes {
            tenant: tenant.as_str().into(),
            changes: Arc::clone(changes),
        };
        if let (Err(_), Some(inner)) = (sender.try_send(told), weak.upgrade()) {
            inner.is_unsent.store(true, Ordering::Relaxed);
        }
    }));
    outgoing
}

/// Tells the others.
pub(super) async fn send(
    inner: &Inner,
    connection: &mut MultiplexedConnection,
    told: Told,
) -> Result<()> {
    let mut message = Message {
        from: inner.options.instance.clone(),
        told,
    };
    let mut text = serde_json::to_string(&message).map_err(Error::internal)?;
    if text.len() > LONGEST {
        message.told = Told::Missed;
        text = serde_json::to_string(&message).map_err(Error::internal)?;
    }
    let mut command = redis::cmd("PUBLISH");
    command.arg(channel(inner)).arg(text);
    let sent = timeout(LIMIT, command.query_async::<()>(connection)).await;
    sent.map_err(|_| late())?.map_err(|error| broken(&error))
}

/// Tells those who listen here what another instance sent.
pub(super) fn deliver(inner: &Inner, data: &[Value]) {
    let Some(Value::BulkString(bytes)) = data.last() else {
        return;
    };
    match serde_json::from_slice::<Message>(bytes) {
        Ok(message) if message.from == inner.options.instance => {}
        Ok(message) => match message.told {
            Told::Changes { tenant, changes } => {
                inner.bus.deliver(&TenantId::from_stored(tenant), changes);
            }
            Told::Missed => inner.bus.deliver_missed(),
        },
        Err(error) => {
            // Another version may know more kinds of change than this one.
            warn!(%error, "another instance told what this one does not understand");
            inner.bus.deliver_missed();
        }
    }
}
