//! Tools that an admin switched off for a tenant, and the lists without them.
//!
//! What the store says is remembered until anything of who may do what is changed
//! ([`Store::authority`]), so that a switch works within a second in every process, and at once in those
//! that hear it announced.

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
use genkan_store::{Authority, Store};
use moka::{future, sync};

use crate::catalog::{Entry, Pages, View};

/// How long an answer of the store is remembered at most, should nothing change.
const REMEMBERED: Duration = Duration::from_secs(60);
/// How long many calls are taken for one question.
const ASKED: Duration = Duration::from_millis(500);
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
    /// Asks the store once for many calls.
    asked: future::Cache<(Authority, TenantId), Arc<Disabled>>,
    /// What it said, found at the cost of one look.
    by_tenant: Recent<TenantId, (Authority, Arc<Disabled>)>,
    lists: sync::Cache<ListKey, Arc<Pages<Entry>>>,
}

impl Switches {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let asked = future::Cache::builder()
            .max_capacity(TENANTS as u64)
            .time_to_live(ASKED)
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
            lists,
        }
    }

    /// What is off for the tenant. Many calls at once ask the store once.
    pub(crate) async fn of(&self, tenant: &TenantId) -> Result<Arc<Disabled>> {
        let now = self.clock.monotonic();
        if let Some(held) = self.store.authority_held(now)
            && let Some(disabled) = self.known(tenant, held, now)
        {
            return Ok(disabled);
        }
        let authority = self.store.authority(now).await?;
        match self.known(tenant, authority, now) {
            Some(disabled) => Ok(disabled),
            None => self.ask(tenant, authority, now).await,
        }
    }

    fn known(&self, tenant: &TenantId, held: Authority, now: Instant) -> Option<Arc<Disabled>> {
        let known = self.by_tenant.find(tenant, now);
        let (_, disabled) = known.filter(|(asked, _)| *asked == held)?;
        Some(disabled)
    }

    async fn ask(
        &self,
        tenant: &TenantId,
        authority: Authority,
        now: Instant,
    ) -> Result<Arc<Disabled>> {
        let read = async {
            let mut tx = self.store.read(tenant).await?;
            Ok(Arc::new(Disabled::new(tx.tool_disabled_list().await?)))
        };
        // Boxed, since it is rare, large, and would make every call's future as large.
        let found = Box::pin(self.asked.try_get_with((authority, tenant.clone()), read)).await;
        let disabled = found.map_err(|error: Arc<Error>| error.again())?;
        let known = (authority, Arc::clone(&disabled));
        self.by_tenant.remember(tenant.clone(), now, known);
        Ok(disabled)
    }

    /// Forgets every list; who asks next has it made anew.
    pub(crate) fn forget_lists(&self) {
        self.lists.invalidate_all();
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
