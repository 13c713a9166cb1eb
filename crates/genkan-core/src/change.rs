//! Changes that clients may want to hear of, and the bus that carries them to those who listen.
//!
//! One bus per process, which something may carry to other processes; a change of one tenant reaches
//! nobody else. Who listens too slowly learns
//! that something was missed, and takes everything for changed. Nothing is kept: who does not
//! listen hears nothing.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use crate::id::TenantId;

/// How many changes may wait for a listener before it must take everything for changed.
const WAITING: usize = 64;

/// Something that changed in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Which tools there are (MCP `notifications/tools/list_changed`).
    Tools,
    /// Which prompts there are (MCP `notifications/prompts/list_changed`).
    Prompts,
    /// Which resources there are (MCP `notifications/resources/list_changed`).
    Resources,
    /// What the resource of this URI holds (MCP `notifications/resources/updated`).
    Resource(Arc<str>),
    /// How far the task of this id is (Tasks extension, `notifications/tasks`).
    Task(Arc<str>),
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// All of this changed at once.
    Changes(Arc<[Change]>),
    /// So much changed that not all of it was heard.
    Missed,
}

/// Carries changes from who makes them to who listens. Cheap to clone.
#[derive(Clone, Default)]
pub struct Bus {
    tenants: Arc<Mutex<Tenants>>,
    observer: Arc<OnceLock<Observer>>,
    carrier: Arc<OnceLock<Carrier>>,
}

/// Told of every change before those who listen.
pub type Observer = Box<dyn Fn(&TenantId, &Change, Whence) + Send + Sync>;

/// Given everything that is announced in this process. Must not wait.
pub type Carrier = Box<dyn Fn(&TenantId, &Arc<[Change]>) + Send + Sync>;

/// Where a change was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// In this process.
    Here,
    /// In another one.
    Elsewhere,
}

type Tenants = HashMap<TenantId, broadcast::Sender<Heard>>;

/// Hears the changes of one tenant. Forgotten when dropped.
#[derive(Debug)]
pub struct Listener {
    bus: Bus,
    tenant: TenantId,
    /// Taken only when the listener is dropped.
    receiver: Option<broadcast::Receiver<Heard>>,
}

impl fmt::Debug for Bus {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Bus").finish_non_exhaustive()
    }
}

impl Bus {
    /// Tells everybody in the tenant who listens. Costs next to nothing when nobody does.
    pub fn announce(&self, tenant: &TenantId, change: Change) {
        self.announce_all(tenant, [change]);
    }

    /// Tells them of everything that changed at once, so that much of it fills no queue.
    pub fn announce_all(&self, tenant: &TenantId, changes: impl Into<Arc<[Change]>>) {
        let changes = changes.into();
        if let Some(carrier) = self.carrier.get() {
            carrier(tenant, &changes);
        }
        self.spread(tenant, changes, Whence::Here);
    }

    /// Tells those who listen in this process what was announced in another one.
    pub fn deliver(&self, tenant: &TenantId, changes: Arc<[Change]>) {
        self.spread(tenant, changes, Whence::Elsewhere);
    }

    /// Tells everybody who listens in this process, in every tenant, that something was missed.
    pub fn deliver_missed(&self) {
        for sender in self.lock().values() {
            let _ = sender.send(Heard::Missed);
        }
    }

    fn spread(&self, tenant: &TenantId, changes: Arc<[Change]>, whence: Whence) {
        if let Some(observer) = self.observer.get() {
            changes
                .iter()
                .for_each(|change| observer(tenant, change, whence));
        }
        if let Some(sender) = self.lock().get(tenant) {
            let _ = sender.send(Heard::Changes(changes));
        }
    }

    /// Whether anybody in the tenant may listen; of other processes nobody knows. Who does not listen
    /// now misses nothing that is announced now.
    pub fn is_heard(&self, tenant: &TenantId) -> bool {
        self.carrier.get().is_some() || self.lock().contains_key(tenant)
    }

    /// Carries everything that is announced here to other processes. Once.
    pub fn carry(&self, carrier: Carrier) {
        let _ = self.carrier.set(carrier);
    }

    /// Lets the house itself forget what has changed, before anybody asks for it again. Once.
    pub fn observe(&self, observer: Observer) {
        let _ = self.observer.set(observer);
    }

    /// Begins to listen to the tenant.
    pub fn listen(&self, tenant: &TenantId) -> Listener {
        let mut tenants = self.lock();
        let sender = tenants
            .entry(tenant.clone())
            .or_insert_with(|| broadcast::channel(WAITING).0);
        Listener {
            bus: self.clone(),
            tenant: tenant.clone(),
            receiver: Some(sender.subscribe()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tenants> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// The next that is heard. To drop the future loses nothing.
    pub async fn next(&mut self) -> Heard {
        let Some(receiver) = &mut self.receiver else {
            return std::future::pending().await;
        };
        match receiver.recv().await {
            Ok(heard) => heard,
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Missed,
            // The sender lives in the bus for as long as anybody listens.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut tenants = self.bus.lock();
        self.receiver = None;
        if tenants
            .get(&self.tenant)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            tenants.remove(&self.tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn changes_reach_the_listeners_of_their_tenant_alone() {
        let bus = Bus::default();
        let (ours, theirs) = (TenantId::default_tenant(), TenantId::system());
        bus.announce(&ours, Change::Tools);
        let mut listener = bus.listen(&ours);
        bus.announce(&theirs, Change::Prompts);
        bus.announce(&ours, Change::Resource("a:b".into()));
        let heard = listener.next().await;
        assert_eq!(heard, of([Change::Resource("a:b".into())]));
        assert!(bus.is_heard(&ours) && !bus.is_heard(&theirs));
    }

    fn of<const N: usize>(changes: [Change; N]) -> Heard {
        Heard::Changes(changes.into())
    }

    #[tokio::test]
    async fn however_much_changes_at_once_fills_no_queue() {
        let bus = Bus::default();
        let tenant = TenantId::default_tenant();
        let mut listener = bus.listen(&tenant);
        let many: Vec<_> = (0..2 * WAITING)
            .map(|n| Change::Resource(format!("a:{n}").into()))
            .collect();
        bus.announce_all(&tenant, many.clone());
        assert_eq!(listener.next().await, Heard::Changes(many.into()));
    }

    #[tokio::test]
    async fn who_is_slow_learns_that_something_was_missed() {
        let bus = Bus::default();
        let tenant = TenantId::default_tenant();
        let mut listener = bus.listen(&tenant);
        for _ in 0..=WAITING {
            bus.announce(&tenant, Change::Tools);
        }
        assert_eq!(listener.next().await, Heard::Missed);
        assert_eq!(listener.next().await, of([Change::Tools]));
    }

    #[tokio::test]
    async fn what_comes_from_elsewhere_is_heard_and_not_carried_back() {
        let bus = Bus::default();
        let tenant = TenantId::default_tenant();
        let carried = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&carried);
        bus.carry(Box::new(move |_, changes| {
            noted.lock().unwrap().extend(changes.iter().cloned());
        }));
        assert!(bus.is_heard(&tenant), "perhaps elsewhere");
        let mut listener = bus.listen(&tenant);
        bus.deliver(&tenant, [Change::Prompts].into());
        bus.announce(&tenant, Change::Tools);
        bus.deliver_missed();
        assert_eq!(listener.next().await, of([Change::Prompts]));
        assert_eq!(listener.next().await, of([Change::Tools]));
        assert_eq!(listener.next().await, Heard::Missed);
        assert_eq!(*carried.lock().unwrap(), [Change::Tools]);
    }

    #[test]
    fn nothing_is_left_when_nobody_listens() {
        let bus = Bus::default();
        let listeners: Vec<_> = (0..3)
            .map(|_| bus.listen(&TenantId::default_tenant()))
            .collect();
        assert_eq!(bus.lock().len(), 1);
        drop(listeners);
        assert!(bus.lock().is_empty());
    }
}
