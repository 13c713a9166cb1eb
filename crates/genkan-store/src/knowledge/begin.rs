//! How every knowledge write begins and ends: alone in its tenant, with `global:default` in place, and
//! with another version of every scope in which something else can be found.

use std::collections::BTreeSet;

use genkan_core::{Result, Timestamp};

use super::{dialect, noted::Touched, outdate};
use crate::{
    TenantTx,
    db::{execute, fetch_one},
};

/// The ids that `global` and `global:default` get in a tenant that lacks them, and the time.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// A fresh id for the namespace.
    pub namespace: String,
    /// A fresh id for the scope.
    pub scope: String,
    /// The time of the write.
    pub now: Timestamp,
    /// The principal who writes.
    pub author: String,
}

impl TenantTx {
    /// Waits for other knowledge writes of this tenant, then sees to it that `global:default`
    /// exists. To be called first in every knowledge write.
    pub async fn knowledge_begin(&mut self, defaults: &Defaults) -> Result<()> {
        self.noted().author.clone_from(&defaults.author);
        let tenant = self.tenant().clone();
        let tenant = tenant.as_str();
        if let Some(lock) = dialect::lock(self.dialect()) {
            execute!(self, lock, tenant)?;
        }
        let sql = "SELECT count(*) FROM knowledge_statistics WHERE tenant = $1";
        let (present,): (i64,) = fetch_one!(self, sql, tenant)?;
        if present == 0 {
            self.knowledge_create_defaults(tenant, defaults).await?;
        }
        Ok(())
    }

    /// Ends a knowledge write: what was found in the touched scopes before no longer counts. Returns what
    /// was touched.
    pub async fn knowledge_end(&mut self) -> Result<Vec<Touched>> {
        let touched = std::mem::take(&mut self.noted().touched);
        let entries = touched.iter().filter_map(|one| match one {
            Touched::Entry { scope, .. } | Touched::Listed { scope, .. } => Some(scope.as_str()),
            Touched::Scope { .. } | Touched::Namespace { .. } => None,
        });
        let scopes: BTreeSet<&str> = entries.collect();
        if !scopes.is_empty() {
            let tenant = self.tenant().clone();
            outdate::scopes(self.link(), tenant.as_str(), &scopes).await?;
        }
        Ok(touched)
    }

    /// Notes that a write touches this.
    pub(super) fn knowledge_touch(&mut self, touched: Touched) {
        self.noted().touched.push(touched);
    }

    async fn knowledge_create_defaults(&mut self, tenant: &str, defaults: &Defaults) -> Result<()> {
        let now = defaults.now.as_millis();
        let (namespace, scope) = (defaults.namespace.as_str(), defaults.scope.as_str());
        let sql = "INSERT INTO knowledge_statistics (tenant, entries, context_length, content_length) \
                   VALUES ($1, 0, 0, 0)";
        execute!(self, sql, tenant)?;
        let sql = "INSERT INTO knowledge_namespace (tenant, id, name, description, created, updated) \
                   VALUES ($1, $2, 'global', $3, $4, $4)";
        execute!(
            self,
            sql,
            tenant,
            namespace,
            super::namespace::GLOBAL_DESCRIPTION,
            now
        )?;
        let sql = "INSERT INTO knowledge_scope (tenant, id, namespace, name, description, created, updated) \
                   VALUES ($1, $2, $3, 'default', $4, $5, $5)";
        execute!(
            self,
            sql,
            tenant,
            scope,
            namespace,
            super::scope::GLOBAL_DEFAULT_DESCRIPTION,
            now
        )?;
        Ok(())
    }
}
