//! Tools that an admin switched off for a tenant, and the lists without them.
//!
//! What the store says is remembered for half a second, so that a switch works within a second in
//! every process, and at once in the one that announces it.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use genkan_core::{
    Clock, Error, Result, Role,
    digest::{Digest, Hasher},
    id::{ProfileName, TenantId},
    recent::Recent,
};
use genkan_store::Store;
use moka::{future, sync};

use crate::catalog::{Entry, Pages, View};

/// How long an answer of the store is remembered.
const REMEMBERED: Duration = Duration::from_millis(500);
/// How many tenants are remembered.
const TENANTS: usize = 100_000;
/// How much memory lists of tenants with switches may take, in bytes.
const LISTS: u64 = 64 * 1024 * 1024;

/// The tools of a tenant that are off.
#[derive(Debug, Default)]
pub(crate) struct Disabled {
    tools: BTreeSet<String>,
    digest: Option<Digest>,
}

impl Disabled {
    fn new(tools: Vec<String>) -> Self {
        let mut hasher = Hasher::new();
        tools.iter().for_each(|tool| hasher.field(tool.as_bytes()));
        let digest = (!tools.is_empty()).then(|| hasher.finish());
        Self {
            tools: tools.into_iter().collect(),
            digest,
        }
    }

    /// Whether the tool is off.
    pub(crate) fn contains(&self, tool: &str) -> bool {
        self.digest.is_some() && self.tools.contains(tool)
    }
}

/// What a filtered list depends on.
type ListKey = (TenantId, ProfileName, Role, Digest);

/// The switches of all tenants.
pub(crate) struct Switches {
    store: Store,
    clock: Arc<dyn Clock>,
    /// What the store said, and when: asks it once for many calls.
    asked: future::Cache<TenantId, (Instant, Arc<Disabled>)>,
    /// The same, found at the cost of one look.
    by_tenant: Recent<TenantId, Arc<Disabled>>,
    /// When a switch was announced: what was asked before counts no longer.
    switched: Recent<TenantId, Instant>,
    lists: sync::Cache<ListKey, Arc<Pages<Entry>>>,
}

impl Switches {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let asked = future::Cache::builder()
            .max_capacity(TENANTS as u64)
            .time_to_live(REMEMBERED)
            .build();
        let lists = sync::Cache::builder()
            .max_capacity(LISTS)
            .weigher(|_, pages: &Arc<Pages<Entry>>| pages.estimated_bytes())
            .build();
        Self {
            store,
            clock,
            asked,
            by_tenant: Recent::new(REMEMBERED, TENANTS),
            switched: Recent::new(REMEMBERED, TENANTS),
            lists,
        }
    }

    /// What is off for the tenant. Many calls at once ask the store once.
    pub(crate) async fn of(&self, tenant: &TenantId) -> Result<Arc<Disabled>> {
        let now = self.clock.monotonic();
        if let Some(disabled) = self.by_tenant.find(tenant, now) {
            return Ok(disabled);
        }
        let found = self.ask(tenant, now).await?;
        if !self.is_outdated(tenant, found.0) {
            return Ok(found.1);
        }
        self.asked.invalidate(tenant).await;
        Ok(self.ask(tenant, now).await?.1)
    }

    async fn ask(&self, tenant: &TenantId, now: Instant) -> Result<(Instant, Arc<Disabled>)> {
        let read = async {
            let mut tx = self.store.read(tenant).await?;
            let disabled = Disabled::new(tx.tool_disabled_list().await?);
            Ok((now, Arc::new(disabled)))
        };
        // Boxed, since it is rare, large, and would make every call's future as large.
        let found = Box::pin(self.asked.try_get_with_by_ref(tenant, read)).await;
        let (asked, disabled) = found.map_err(|error: Arc<Error>| error.again())?;
        let known = Arc::clone(&disabled);
        self.by_tenant.remember(tenant.clone(), asked, known);
        if self.is_outdated(tenant, asked) {
            self.by_tenant.forget(tenant);
        }
        Ok((asked, disabled))
    }

    /// Forgets every list; who asks next has it made anew.
    pub(crate) fn forget_lists(&self) {
        self.lists.invalidate_all();
    }

    /// Forgets what the store said before now, since a switch was announced.
    pub(crate) fn forget(&self, tenant: &TenantId) {
        let now = self.clock.monotonic();
        self.switched.remember(tenant.clone(), now, now);
        self.by_tenant.forget(tenant);
    }

    fn is_outdated(&self, tenant: &TenantId, asked: Instant) -> bool {
        let switched = self.switched.find(tenant, asked);
        switched.is_some_and(|switched| asked <= switched)
    }

    /// The list of a view without what is off for the tenant.
    pub(crate) fn list(
        &self,
        view: &View,
        disabled: &Disabled,
        tenant: &TenantId,
        profile: &ProfileName,
        role: Role,
    ) -> Arc<Pages<Entry>> {
        let Some(digest) = disabled.digest else {
            return Arc::clone(view.tool_pages());
        };
        let key = (tenant.clone(), profile.clone(), role, digest);
        self.lists.get_with(key, || {
            Arc::new(view.tool_pages().without(|tool| disabled.contains(tool)))
        })
    }
}
